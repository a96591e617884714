using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Export;

/// <summary>One attempt at one report, and what follows from it on disk and for the people who read the log. Never throws.</summary>
internal sealed class ReportDelivery(UndeliveredFolder files, ReportSender sender, Announcements announcements, TimeProvider clock, DeliveryVoice voice)
{
    private long _undeliverable;
    private bool _hasToldOfWaiting;

    /// <summary>Reports that were given up. Thread-safe.</summary>
    public long UndeliverableCount => Interlocked.Read(ref _undeliverable);

    /// <summary>Why the receiver has not taken it; null when it is off the list, and where the reason is not the receiver.</summary>
    /// <param name="report">The one to send.</param>
    /// <param name="waiting">How many there are.</param>
    public async Task<DeliveryFailure?> TryAsync(WaitingReport report, int waiting)
    {
        try
        {
            CaptureReport content = files.ReadReport(report.Name);
            UndeliveredMark mark = ReadMark(report, content);
            mark = mark with { IsStartTold = announcements.TakeStart(report.Name) || mark.IsStartTold };
            (UndeliveredMark after, DeliveryFailure? failure) = await sender.SendAsync(content, mark, files.IsHeld(report.Name) ? null : files.PathOf(report.Name));
            if (!after.IsSettled)
            {
                return Keep(report, (mark, after), failure!, waiting);
            }

            Settle(report, after);
        }
        catch (InvalidDataException damaged)
        {
            GiveUp(report, damaged.Message);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            report.Postpone(clock.GetUtcNow());
        }
        catch (Exception failed) when (IsOfTheDisk(failed))
        {
            report.Postpone(clock.GetUtcNow());
            Complain(report, "read", $"{files.Describe(report.Name)} cannot be read and sent now, which is tried again: {failed.Message}");
        }

        return null;
    }

    /// <summary>The report stays where it is; nobody sends it any more.</summary>
    public void GiveUp(WaitingReport report, string reason)
    {
        Interlocked.Increment(ref _undeliverable);
        string rest = files.IsHeld(report.Name) ? "It is lost" : "The report stays on disk";
        voice.Complain($"{files.Describe(report.Name)} is not sent any more, {reason}. {rest}");
        report.End(files.SetAside);
        EndOnDisk([report]);
    }

    /// <summary>There is nothing left that could be sent.</summary>
    public void Lose(string report, string reason)
    {
        Interlocked.Increment(ref _undeliverable);
        voice.Complain($"{report} cannot be sent by OTLP any more, {reason}");
    }

    /// <summary>Makes it so on disk that they have ended, where that did not work before.</summary>
    public void EndOnDisk(IEnumerable<WaitingReport> ended)
    {
        foreach (WaitingReport report in ended)
        {
            try
            {
                report.EndOnDisk();
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                // Somebody else was faster.
            }
            catch (Exception failed) when (IsOfTheDisk(failed))
            {
                Complain(report, "end", $"{files.Describe(report.Name)} stays marked as undelivered, so that a later agent sends it again: {failed.Message}");
            }
        }
    }

    /// <summary>A report that is whole is sent, whatever lies beside it.</summary>
    private UndeliveredMark ReadMark(WaitingReport report, CaptureReport content)
    {
        try
        {
            return files.ReadMark(report.Name);
        }
        catch (InvalidDataException damaged)
        {
            Complain(report, "mark", $"{files.Describe(report.Name)} is sent by what its report says alone: {damaged.Message}");
            var mark = UndeliveredMark.Of(content);
            TryWrite(report, mark, files.Replace);
            return mark;
        }
    }

    private void Settle(WaitingReport report, UndeliveredMark mark)
    {
        if (mark.Refusal is not null)
        {
            TryWrite(report, mark, files.Write);
            GiveUp(report, mark.Refusal);
            return;
        }

        if (!report.IsNews("wait"))
        {
            voice.Tell($"{files.Describe(report.Name)} is delivered now");
        }

        report.End(files.Unmark);
        EndOnDisk([report]);
    }

    private DeliveryFailure? Keep(WaitingReport report, (UndeliveredMark Before, UndeliveredMark After) mark, DeliveryFailure failure, int waiting)
    {
        TryWrite(report, mark.After, files.Write);
        if (clock.GetUtcNow() - mark.Before.Since > DeliveryBounds.MostAge)
        {
            GiveUp(report, $"it has waited for more than {DeliveryBounds.MostAge.TotalDays:0} days: {failure.Message}");
            return null;
        }

        report.Postpone(clock.GetUtcNow());
        if (mark.Before.Attempts == 0 || !_hasToldOfWaiting)
        {
            // Of those that an earlier agent left and has told of, one stands for all.
            string others = waiting > 1 ? $"; {waiting} reports wait" : "";
            Complain(report, "wait", $"{files.Describe(report.Name)} is not delivered yet, {failure.Message}; it is kept and sent later{others}");
            _hasToldOfWaiting = true;
        }

        return failure;
    }

    /// <summary>What it would tell a later agent is lost: how often it was tried, and what the receiver has already.</summary>
    private void TryWrite(WaitingReport report, UndeliveredMark mark, Action<string, UndeliveredMark> write)
    {
        try
        {
            write(report.Name, mark);
        }
        catch (Exception failed) when (IsOfTheDisk(failed))
        {
            Complain(report, "write", $"{files.Describe(report.Name)} cannot be written to: {failed.Message}");
        }
    }

    private void Complain(WaitingReport report, string topic, string complaint)
    {
        if (report.IsNews(topic))
        {
            voice.Complain(complaint);
        }
    }

    private static bool IsOfTheDisk(Exception failure) => failure is IOException or UnauthorizedAccessException;
}
