using HeapDrift.Profiling.Heap;

namespace HeapDrift.Collector.Engines;

/// <summary>A way to take snapshots. One instance serves one capture, whose snapshots shall all be taken the same way.</summary>
internal interface ISnapshotEngine
{
    /// <summary>Takes one snapshot.</summary>
    /// <param name="worker">Whose heap.</param>
    /// <param name="progress">Told how many objects were seen, now and then.</param>
    /// <param name="cancellationToken">Gives it up; the worker goes on as before.</param>
    /// <exception cref="SnapshotException">The worker exited or cannot be read; the message says why.</exception>
    Task<HeapSnapshot> TakeAsync(SnapshotTarget worker, IProgress<long>? progress, CancellationToken cancellationToken);
}
