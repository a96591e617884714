using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>
/// Lets the copy go the moment it could do harm: when the worker's memory gets tight, when the worker is gone (the copy would keep its
/// sockets open), or when nobody wants the result any more.
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

    public CopyWatch(CopyOnWritePlan plan, FrozenCopy copy, TimeProvider clock, CancellationToken cancellationToken)
    {
        (_plan, _copy) = (plan, copy);
        _headroom = new HeadroomWatch(_proc, plan);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _watching = WatchAsync(clock);
    }

    /// <summary>Cancelled when the copy is gone.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>Why the copy was let go; null while it was not.</summary>
    public AnalysisFailure? Reason { get; private set; }

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
                Reason = FindReason();
                if (Reason is not null)
                {
                    await _end.CancelAsync().ConfigureAwait(false);
                    _copy.Kill();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The analysis is over, or was taken back: whoever disposes of the copy kills it.
        }
    }

    private AnalysisFailure? FindReason() =>
        _proc.TryReadStatus(_plan.Pid) is not { IsPresent: true, Value.HasExited: false }
            ? new(CaptureOutcome.WorkerExited, $"process {_plan.Pid} exited while its copy was read", false)
        : _headroom.IsAtRisk()
            ? new(CaptureOutcome.Failed, "memory got tight while the copy was read, so the copy was let go: the worker needs it more", false)
        : null;
}
