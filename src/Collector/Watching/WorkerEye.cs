using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Collector.Watching;

/// <summary>Everything that is kept open to watch one worker. For one caller at a time.</summary>
internal sealed class WorkerEye(Worker worker, ProcFileSystem proc, TimeProvider clock, DetectorOptions detector)
{
    private readonly MemoryWatch _memory = new(worker.Pid, proc, clock);
    private readonly LeakWatch? _leak = detector.Enabled ? new(detector.ForOne()) : null;
    private readonly DateTimeOffset? _startedAt = proc.TryReadStartedAt(worker.StartTimeTicks);

    /// <summary>The newest description; details of a young worker come late.</summary>
    public Worker Worker { get; set; } = worker;

    /// <summary>Null when the worker is gone.</summary>
    public WatchedWorker? Look() => _memory.Look() is not { } memory ? null : new WatchedWorker
    {
        Worker = Worker,
        StartedAt = _startedAt,
        Memory = memory,
        Ledger = _memory.Ledger,
        GrowthBytesPerSecond = _memory.Growth,
        TimeToLimit = _memory.TimeToLimit,
        Leak = _leak?.Observe(memory, liveHeapBytes: null),
    };
}
