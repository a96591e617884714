using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Sends reports by OTLP, later where it cannot be now, also after a restart: each has a mark on disk from the start, which goes once the
/// receiver has confirmed it. At least once; the same trace every time. One at a time, each with waits of its own, so that none holds up
/// another. Bounded (<see cref="DeliveryBounds"/>); what falls out is said and counted, and its report stays.
/// </summary>
internal sealed class DeliveryBacklog : IDisposable
{
    /// <summary>Then it is the receiver rather than the reports, and it gets a rest.</summary>
    private const int MostFailuresInARow = 3;

    private readonly UndeliveredFolder _files;
    private readonly WaitingList _waiting = new();
    private readonly Announcements _announcements;
    private readonly ReportDelivery _delivery;
    private readonly Backoff _receiver = new();
    private readonly SemaphoreSlim _added = new(0);
    private readonly TimeProvider _clock;
    private readonly DeliveryVoice _voice;
    private DateTimeOffset _receiverRestsUntil = DateTimeOffset.MinValue;
    private bool _isFolderMissed;

    /// <param name="folder">Of the reports.</param>
    /// <param name="environment">With the standard settings of OTLP.</param>
    /// <param name="clock">For waits and ages.</param>
    /// <param name="voice">Told what a person should know.</param>
    public DeliveryBacklog(string folder, IConfiguration environment, TimeProvider clock, DeliveryVoice voice)
    {
        (_clock, _voice) = (clock, voice);
        _files = new UndeliveredFolder(folder);
        var sender = new ReportSender(environment);
        _announcements = new Announcements(sender);
        _delivery = new ReportDelivery(_files, sender, _announcements, clock, voice);
        IsOpen = OtlpEndpoint.IsSet(environment, OtlpEndpoint.ForCaptures, voice.Complain);
    }

    /// <summary>Whether there is anywhere to send to.</summary>
    public bool IsOpen { get; }

    /// <summary>Reports that the receiver does not have yet.</summary>
    public int Count => _waiting.Count;

    /// <summary>Reports that were given up since the start: refused, damaged, too old or too many.</summary>
    public long UndeliverableCount => _delivery.UndeliverableCount;

    /// <summary>What has to lie beside the report of a capture; null when there is nowhere to send to.</summary>
    public UndeliveredMark? Mark(string captureId, Worker worker) =>
        IsOpen ? UndeliveredMark.Of(captureId, worker, _clock.GetUtcNow()) with { IsStartTold = _announcements.IsStartTold(captureId) } : null;

    /// <summary>Takes a report that is on disk with its mark.</summary>
    public void Add(string captureId)
    {
        _waiting.Add(captureId);
        _added.Release();
    }

    /// <summary>Takes a report that the disk did not take, as far as there is room; a later agent will not find it.</summary>
    public void Hold(CaptureReport report, UndeliveredMark mark)
    {
        if (!_files.TryHold(report, mark))
        {
            _delivery.Lose($"the report of capture {report.CaptureId}", "too many wait in memory that the disk did not take");
            return;
        }

        Add(report.CaptureId);
    }

    /// <summary>Has something told now, if the receiver is there. Waits for nothing.</summary>
    public void Announce(Announcement announcement)
    {
        if (IsOpen)
        {
            _announcements.Add(announcement);
            _added.Release();
        }
    }

    /// <summary>There will be no report of this capture.</summary>
    public void Forget(string captureId) => _announcements.TakeStart(captureId);

    public void Dispose() => _added.Dispose();

    /// <summary>Sends until it is cancelled. At once where there is nowhere to send to.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoopAsync(cancellationToken);
        }
        finally
        {
            foreach (string held in _files.Held)
            {
                _delivery.Lose(_files.Describe(held), "the agent stops");
            }
        }
    }

    private async Task LoopAsync(CancellationToken cancellationToken)
    {
        while (IsOpen)
        {
            TimeSpan wait = await WorkAsync(cancellationToken);
            using var pause = new CancellationTokenSource(wait, _clock);
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

    /// <returns>How long there is nothing to do.</returns>
    private async Task<TimeSpan> WorkAsync(CancellationToken cancellationToken)
    {
        Refresh();
        if (_receiverRestsUntil - _clock.GetUtcNow() is var rest && rest > TimeSpan.Zero)
        {
            return rest < Backoff.Longest ? rest : Backoff.Longest;
        }

        await _announcements.SendAsync();
        return await SendAsync(cancellationToken);
    }

    private void Refresh()
    {
        try
        {
            // A mark that is gone while its report is there was seen and served before it was added, or somebody took it away.
            foreach (string vanished in _waiting.Refresh(() => _files.Find(isExpected: _waiting.Count > 0)).Where(report => !Directory.Exists(_files.PathOf(report))))
            {
                _delivery.Lose(_files.Describe(vanished), "it is gone");
            }

            if (_isFolderMissed)
            {
                _voice.Tell("reports that were not delivered can be looked for again");
            }

            _isFolderMissed = false;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            if (!_isFolderMissed)
            {
                _voice.Complain($"reports that were not delivered cannot be looked for, which is tried again: {failed.Message}");
            }

            _isFolderMissed = true;
        }

        _delivery.EndOnDisk(_waiting.Ended);
        WaitingReport[] oldestFirst = [.. _waiting.Live.OrderBy(report => report.Name, StringComparer.Ordinal)];
        foreach ((WaitingReport report, string reason) in DeliveryBounds.Excess(oldestFirst, report => _files.BytesOf(report.Name)))
        {
            _delivery.GiveUp(report, reason);
        }
    }

    /// <summary>Tries what is due.</summary>
    /// <inheritdoc cref="WorkAsync"/>
    private async Task<TimeSpan> SendAsync(CancellationToken cancellationToken)
    {
        int failures = 0;
        foreach (WaitingReport report in _waiting.Live.TakeWhile(report => report.NextAt <= _clock.GetUtcNow()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await _delivery.TryAsync(report, _waiting.Count) is not { } failure)
            {
                failures = 0;
                _receiver.Reset();
            }
            else if (failure.RetryAfter is { } rest)
            {
                _receiverRestsUntil = _clock.GetUtcNow() + rest;
                return rest < Backoff.Longest ? rest : Backoff.Longest;
            }
            else if (failure.Kind == DeliveryFailureKind.Unreachable || ++failures == MostFailuresInARow)
            {
                return _receiver.Next();
            }
        }

        TimeSpan next = _waiting.Live is [{ } first, ..] && first.NextAt - _clock.GetUtcNow() is var left && left < Backoff.Longest ? left : Backoff.Longest;
        return next > TimeSpan.Zero ? next : TimeSpan.Zero;
    }
}
