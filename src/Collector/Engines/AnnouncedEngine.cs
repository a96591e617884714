using HeapDrift.Collector.Watching;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Collector.Engines;

/// <summary>Says while it takes a snapshot that it does, for those who measure the worker's memory at the same time.</summary>
internal sealed class AnnouncedEngine(ISnapshotEngine engine, SnapshotsUnderWay underWay) : ISnapshotEngine
{
    public async Task<HeapSnapshot> TakeAsync(SnapshotTarget worker, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using IDisposable announced = underWay.Enter(worker.Pid);
        return await engine.TakeAsync(worker, progress, cancellationToken);
    }
}
