using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Collector.Engines;

/// <summary>
/// The gentlest engine that works here: copy-on-write where the worker can be frozen, its diagnostics socket where it cannot. What the
/// first snapshot was taken with takes the others too; two engines see slightly different heaps, and the difference would look like growth.
/// </summary>
/// <param name="first">Tried first.</param>
/// <param name="fallback">Taken when the first says that it cannot.</param>
/// <param name="onFallback">Told why.</param>
internal sealed class AutoEngine(CopyOnWriteEngine first, ISnapshotEngine fallback, Action<string> onFallback) : ISnapshotEngine
{
    private ISnapshotEngine? _chosen;

    public async Task<HeapSnapshot> TakeAsync(SnapshotTarget worker, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (_chosen is not null)
        {
            return await _chosen.TakeAsync(worker, progress, cancellationToken);
        }

        try
        {
            HeapSnapshot snapshot = await first.TakeAsync(worker, progress, cancellationToken);
            _chosen = first;
            return snapshot;
        }
        catch (SnapshotException refused) when (refused.Outcome is CaptureOutcome.NotPermitted or CaptureOutcome.Failed)
        {
            onFallback($"copy-on-write is not possible here: {refused.Message}; falling back to eventpipe, which pauses the worker for longer");
            _chosen = fallback;
            return await fallback.TakeAsync(worker, progress, cancellationToken);
        }
    }
}
