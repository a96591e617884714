using System.Diagnostics;
using System.Globalization;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Sends reports by OTLP, later where it cannot be now, also after a restart: each has a mark on disk from the start, which goes once the
/// receiver has confirmed it. At least once; the same trace every time. One at a time, each with waits of its own, so that none holds up
/// another. Bounded in number and age; what falls out is said, and its report stays.
/// </summary>
internal sealed class DeliveryBacklog(string folder, IConfiguration environment, TimeProvider clock, Action<string> complain) : IDisposable
{
    public const int MostUndelivered = 100;

    /// <summary>Then it is the receiver rather than the reports, and it gets a rest.</summary>
    private const int MostFailuresInARow = 3;

    private const int MostDays = 7;

    private readonly UndeliveredFolder _files = new(folder);
    private readonly WaitingList _waiting = new();
    private readonly ReportSender _sender = new(environment);
    private readonly Backoff _receiver = new();
    private readonly SemaphoreSlim _added = new(0);
    private bool _isFolderMissed;

    /// <summary>Whether there is anywhere to send to.</summary>
    public bool IsOpen { get; } = OtlpEndpoint.IsSet(environment, OtlpEndpoint.ForCaptures, complain);

    /// <summary>Reports that the receiver does not have yet.</summary>
    public int Count => _waiting.Count;

    /// <summary>What has to lie beside a report of this worker, under a trace id of its own; null when there is nowhere to send to.</summary>
    public UndeliveredMark? Mark(Worker worker) => !IsOpen ? null : new UndeliveredMark
    {
        Resource = OtlpExport.ResourceOf(worker).ToDictionary(attribute => attribute.Key, attribute => Convert.ToString(attribute.Value, CultureInfo.InvariantCulture) ?? ""),
        TraceId = ActivityTraceId.CreateRandom().ToHexString(),
        Since = clock.GetUtcNow(),
    };

    /// <summary>Takes a report that is on disk with its mark.</summary>
    public void Add(ReportFolder report)
    {
        _waiting.Add(Path.GetFileName(report.Path));
        _added.Release();
    }

    public void Dispose() => _added.Dispose();

    /// <summary>Sends until it is cancelled. At once where there is nowhere to send to.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (IsOpen)
        {
            TimeSpan wait = TryRefresh() ? await SendAsync(cancellationToken) : Backoff.Longest;
            using var pause = new CancellationTokenSource(wait, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancellationToken);
            try
            {
                await _added.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Nothing was added; it is time for another attempt.
            }
        }
    }

    private bool TryRefresh()
    {
        try
        {
            // A mark that is gone while its report is there was seen and served before it was added, or somebody took it away.
            foreach (string vanished in _waiting.Refresh(_files.Find).Where(report => !Directory.Exists(_files.PathOf(report))))
            {
                complain($"{_files.PathOf(vanished)} is gone before it could be sent by OTLP");
            }
        }
        catch (Exception failed) when (IsOfTheDisk(failed))
        {
            Say(!_isFolderMissed, $"reports that were not delivered cannot be looked for in {folder}, which is tried again: {failed.Message}");
            _isFolderMissed = true;
            return false;
        }

        _isFolderMissed = false;
        foreach (WaitingReport ended in _waiting.Ended)
        {
            TryEndOnDisk(ended);
        }

        foreach (WaitingReport oldest in _waiting.Live.OrderBy(report => report.Name, StringComparer.Ordinal).SkipLast(MostUndelivered))
        {
            SetAside(oldest, $"more than {MostUndelivered} reports wait for the OTLP receiver");
        }

        return true;
    }

    /// <summary>Tries what is due.</summary>
    /// <returns>How long there is nothing to do.</returns>
    private async Task<TimeSpan> SendAsync(CancellationToken cancellationToken)
    {
        int failures = 0;
        foreach (WaitingReport report in _waiting.Live.TakeWhile(report => report.NextAt <= clock.GetUtcNow()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryAsync(report) is not { } failure)
            {
                failures = 0;
                _receiver.Reset();
            }
            else if (failure.Kind == DeliveryFailureKind.Unreachable || ++failures == MostFailuresInARow)
            {
                return _receiver.Next();
            }
        }

        TimeSpan next = _waiting.Live is [{ } first, ..] && first.NextAt - clock.GetUtcNow() is var left && left < Backoff.Longest ? left : Backoff.Longest;
        return next > TimeSpan.Zero ? next : TimeSpan.Zero;
    }

    /// <summary>Why the receiver has not taken it; null when it is off the list, and where the reason is not the receiver.</summary>
    private async Task<DeliveryFailure?> TryAsync(WaitingReport report)
    {
        try
        {
            CaptureReport content = _files.ReadReport(report.Name);
            UndeliveredMark mark = ReadMark(report, content);
            (UndeliveredMark after, DeliveryFailure? failure) = await _sender.SendAsync(content, mark, _files.PathOf(report.Name));
            if (!after.IsSettled)
            {
                return Keep(report, mark, after, failure!);
            }

            Settle(report, after);
        }
        catch (InvalidDataException damaged)
        {
            SetAside(report, damaged.Message);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            report.Postpone(clock.GetUtcNow());
        }
        catch (Exception failed) when (IsOfTheDisk(failed))
        {
            report.Postpone(clock.GetUtcNow());
            Say(report.IsNews("read"), $"{_files.PathOf(report.Name)} cannot be read and sent now, which is tried again: {failed.Message}");
        }

        return null;
    }

    /// <summary>A report that is whole is sent, whatever lies beside it.</summary>
    private UndeliveredMark ReadMark(WaitingReport report, CaptureReport content)
    {
        try
        {
            return _files.ReadMark(report.Name);
        }
        catch (InvalidDataException damaged)
        {
            Say(report.IsNews("mark"), $"{_files.PathOf(report.Name)} is sent by what its report says alone: {damaged.Message}");
            var mark = UndeliveredMark.Of(content);
            TryWrite(report, mark, _files.Replace);
            return mark;
        }
    }

    private void Settle(WaitingReport report, UndeliveredMark mark)
    {
        if (mark.Refusal is null)
        {
            report.End(_files.Unmark);
            TryEndOnDisk(report);
            return;
        }

        TryWrite(report, mark, _files.Write);
        SetAside(report, mark.Refusal);
    }

    private DeliveryFailure? Keep(WaitingReport report, UndeliveredMark before, UndeliveredMark after, DeliveryFailure failure)
    {
        TryWrite(report, after, _files.Write);
        if (clock.GetUtcNow() - before.Since > TimeSpan.FromDays(MostDays))
        {
            SetAside(report, $"it has waited for more than {MostDays} days: {failure.Message}");
            return null;
        }

        report.Postpone(clock.GetUtcNow());
        Say(report.IsNews("wait") && before.Attempts == 0, $"the report in {_files.PathOf(report.Name)} is not delivered yet, {failure.Message}; it is kept and sent later");
        return failure;
    }

    private void SetAside(WaitingReport report, string reason)
    {
        complain($"{_files.PathOf(report.Name)} is not sent any more, {reason}. The report stays on disk");
        report.End(_files.SetAside);
        TryEndOnDisk(report);
    }

    private void TryEndOnDisk(WaitingReport report)
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
            Say(report.IsNews("end"), $"{_files.PathOf(report.Name)} stays marked as undelivered, so that a later agent sends it again: {failed.Message}");
        }
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
            Say(report.IsNews("write"), $"{_files.PathOf(report.Name)} cannot be written to: {failed.Message}");
        }
    }

    private void Say(bool isNews, string complaint)
    {
        if (isNews)
        {
            complain(complaint);
        }
    }

    private static bool IsOfTheDisk(Exception failure) => failure is IOException or UnauthorizedAccessException;
}
