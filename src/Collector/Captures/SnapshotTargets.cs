using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Captures;

/// <summary>What a worker can bear, decided anew before each snapshot.</summary>
internal static class SnapshotTargets
{
    /// <summary>Enough for what the runtime reports while its streaming thread sleeps (100 ms, about 35 MB) many times over.</summary>
    private const int MostBufferMegabytes = 256;

    /// <summary>Below this a walk of any real heap would lose events.</summary>
    public const int LeastBufferMegabytes = 16;

    /// <summary>The buffer grows inside the worker: it may take a quarter of what the control group has left.</summary>
    private const int HeadroomShare = 4;

    public static SnapshotTarget Of(Worker worker, WorkerDirectory directory, ProcFileSystem proc) => new()
    {
        Pid = worker.Pid,
        Socket = worker.Socket ?? throw new SnapshotException(CaptureOutcome.NotPermitted, $"process {worker.Pid} has no diagnostics socket"),
        BufferMegabytes = proc.TryReadMemory(worker.Pid)?.HeadroomBytes is { } headroom
            ? (int)Math.Clamp(headroom / HeadroomShare >> 20, LeastBufferMegabytes, MostBufferMegabytes)
            : MostBufferMegabytes,
        Lives = () => directory.Lives(worker),
    };

    /// <summary>What costs the worker and this process the least.</summary>
    public static SnapshotTarget TypesOnly(SnapshotTarget target) => target with { IsTypesOnly = true, BufferMegabytes = LeastBufferMegabytes };
}
