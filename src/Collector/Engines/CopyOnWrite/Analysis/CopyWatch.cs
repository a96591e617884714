using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>
/// Lets the copy go the moment it could do harm: when the worker's memory gets tight, when the worker is gone (the copy would keep its
/// sockets open), or when nobody wants the result any more. And notices when somebody else took it away: what is read of it then is nothing, which
/// looks like an empty heap.
/// </summary>
internal sealed class CopyWatch : IDisposable
{
    /// <summary>A worker that writes 1 GB/s duplicates 20 MB meanwhile; one look costs less than half a millisecond.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _end;
    private readonly ProcFileSystem _proc = new();
    private readonly HeadroomWatch _headroom;
    private readonly CopyOnWritePlan _plan;
    private readonly FrozenCopy _copy;
    private readonly Task _watching;
    private volatile AnalysisFailure? _reason;

    public CopyWatch(CopyOnWritePlan plan, FrozenCopy copy, TimeProvider clock, CancellationToken cancellationToken)
    {
        (_plan, _copy) = (plan, copy);
        _headroom = new HeadroomWatch(_proc, plan);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _watching = WatchAsync(clock);
    }

    /// <summary>Cancelled when the copy is gone.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>Why the copy cannot be read any more, as of now; null while it can, and where the analysis was taken back.</summary>
    public AnalysisFailure? WhyGone() => _reason ?? (_end.IsCancellationRequested ? null : FindKill());

    public void Dispose()
    {
        _end.Cancel();
        _watching.Wait();
        _end.Dispose();
    }

    private async Task WatchAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                _reason = FindReason();
                if (_reason is not null)
                {
                    await _end.CancelAsync().ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The analysis is over, or was taken back. In that case it may be in the middle of a call that takes long, or for ever.
            _copy.Kill();
        }
    }

    private AnalysisFailure? FindReason() =>
        _proc.TryReadStatus(_plan.Pid) is not { IsPresent: true, Value.HasExited: false }
            ? new(CaptureOutcome.WorkerExited, $"process {_plan.Pid} exited while its copy was read", false)
        : _headroom.IsAtRisk()
            ? new(CaptureOutcome.Failed, "memory got tight while the copy was read, so the copy was let go: the worker needs it more", false)
        : FindKill();

    /// <summary>A traced process leaves its stop in the instant of its kill: one that is in it has not been killed before.</summary>
    private AnalysisFailure? FindKill() => _proc.TryReadStatus(_copy.Pid).Value is { State: 't' }
        ? null
        : new(CaptureOutcome.Failed, $"the copy of process {_plan.Pid} was killed while it was read, probably because memory ran out", false);
}
