using HeapDrift.Collector.Collections;
using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Collector.Watching;

/// <summary>Everything that is kept open to watch one worker. For one caller at a time.</summary>
internal sealed class WorkerEye(Worker worker, ProcFileSystem proc, TimeProvider clock, WatchOptions options, DetectorOptions detector, GcSessions sessions) : IAsyncDisposable
{
    private readonly MemoryWatch _memory = new(worker.Pid, proc, clock, options.MostReadShare, options.ReadInterval);
    private readonly LeakWatch? _leak = detector.Enabled ? new(detector.ForOne()) : null;
    private readonly DateTimeOffset? _startedAt = proc.TryReadStartedAt(worker.StartTimeTicks);
    private readonly long _seenAt = clock.GetTimestamp();

    private readonly MemoryHistory _history = new();
    private GcSession? _collections;

    /// <summary>The newest description; details of a young worker come late.</summary>
    public Worker Worker { get; set; } = worker;

    /// <summary>Null when the worker is gone.</summary>
    public WatchedWorker? Look()
    {
        if (_memory.Look() is not { } memory)
        {
            return null;
        }

        _history.Add(memory);

        // Its socket comes a moment after the worker.
        _collections ??= Worker.Socket is not null && HasSettled() ? sessions.Open(Worker) : null;
        GcReading? collections = _collections?.Reading;
        return Describe(memory, collections);
    }

    public async ValueTask DisposeAsync()
    {
        if (_collections is not null)
        {
            await _collections.DisposeAsync();
        }
    }

    /// <summary>By the time that it was watched where nobody knows how old it is.</summary>
    private bool HasSettled() =>
        clock.GetElapsedTime(_seenAt) >= options.SettlingTime || clock.GetUtcNow() - _startedAt >= options.SettlingTime;

    private WatchedWorker Describe(WorkerMemory memory, GcReading? collections) => new()
    {
        Worker = Worker,
        StartedAt = _startedAt,
        Memory = memory,
        History = _history.Points,
        Ledger = _memory.Ledger,
        GrowthBytesPerSecond = _memory.Growth,
        TimeToLimit = _memory.TimeToLimit,
        IsListenedTo = _collections is { IsListening: true },
        Collections = collections,
        Leak = _leak?.Observe(memory, collections?.LiveBytes),
    };
}
