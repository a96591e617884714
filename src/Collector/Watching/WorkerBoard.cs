using System.Collections.Immutable;

namespace HeapDrift.Collector.Watching;

/// <summary>The last known state of all watched workers, in ascending order of pid. Written by the watch, read by everybody.</summary>
internal sealed class WorkerBoard
{
    private ImmutableArray<WatchedWorker> _workers = [];

    public ImmutableArray<WatchedWorker> Workers => _workers;

    public void Post(IEnumerable<WatchedWorker> workers) =>
        ImmutableInterlocked.InterlockedExchange(ref _workers, [.. workers.OrderBy(seen => seen.Worker.Pid)]);
}
