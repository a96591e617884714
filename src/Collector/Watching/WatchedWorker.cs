using System.Collections.Immutable;
using HeapDrift.Collector.Collections;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Collector.Watching;

/// <summary>What is known of one worker at this moment. Does not change; the watch puts a newer one in its place.</summary>
internal sealed record WatchedWorker
{
    public required Worker Worker { get; init; }

    /// <summary>Null where the kernel does not tell when it was booted.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>Null before the first reading.</summary>
    public WorkerMemory? Memory { get; init; }

    /// <summary>The last half hour, the oldest first.</summary>
    public ImmutableArray<MemoryPoint> History { get; init; } = [];

    public MemoryLedger? Ledger { get; init; }

    /// <summary>Null with too few readings.</summary>
    public double? GrowthBytesPerSecond { get; init; }

    public TimeSpan? TimeToLimit { get; init; }

    /// <summary>Its collector and, where it has the package, its signals are heard.</summary>
    public bool IsListenedTo { get; init; }

    /// <summary>Null where nobody listens to its collector.</summary>
    public GcReading? Collections { get; init; }

    /// <summary>Null where nobody looks for leaks.</summary>
    public LeakAssessment? Leak { get; init; }
}
