using System.Text.Json;
using HeapDrift.Collector.Watching;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Collector.Web;

/// <summary>One worker of <c>/api/workers</c>. What is not known is null.</summary>
internal sealed record WorkerDocument
{
    public required int Pid { get; init; }

    /// <summary>Null for a worker that stands alone, and for a leader.</summary>
    public required int? LeaderPid { get; init; }

    /// <summary>It is the leaderPid of others; what it uses itself is measured like any worker's.</summary>
    public required bool IsLeader { get; init; }

    /// <summary>False where a rule named it: there are no captures of it.</summary>
    public required bool IsDotNet { get; init; }

    /// <summary>The agent itself.</summary>
    public required bool IsSelf { get; init; }

    public required string Name { get; init; }

    public required string? RuntimeVersion { get; init; }

    public required string? ServiceName { get; init; }

    public required string ServiceInstanceId { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>What SIGUSR2 would do: caught, ignored, or default, which ends the process.</summary>
    public required string Sigusr2 { get; init; }

    /// <summary>The agent hears its collector, and its SIGUSR2 where it has the package: a signal is passed on and captures here.</summary>
    public required bool IsListenedTo { get; init; }

    public required long? PssBytes { get; init; }

    public required long? PrivateBytes { get; init; }

    public required long? RssBytes { get; init; }

    public required long? LimitBytes { get; init; }

    public required double? GrowthBytesPerSecond { get; init; }

    public required double? TimeToLimitSeconds { get; init; }

    /// <summary>warming-up, healthy, plateau or suspected. Null where nobody looks for leaks.</summary>
    public required string? Leak { get; init; }

    /// <summary>Why the detector thinks so, in a sentence.</summary>
    public required string? LeakReason { get; init; }

    /// <summary>Why there is no PSS, in a sentence.</summary>
    public required string? MemoryProblem { get; init; }

    public required IReadOnlyDictionary<string, long>? Ledger { get; init; }

    /// <summary>What it used over the last half hour, the oldest first.</summary>
    public required IReadOnlyList<MemoryPoint> History { get; init; }

    /// <summary>Why it cannot be captured, in a sentence; null where it can.</summary>
    public required string? CaptureProblem { get; init; }

    public static WorkerDocument Of(WatchedWorker seen)
    {
        WorkerMemory? memory = seen.Memory;
        return new()
        {
            Pid = seen.Worker.Pid,
            LeaderPid = seen.Worker.LeaderPid,
            IsLeader = seen.Worker.IsLeader,
            IsDotNet = seen.Worker.IsDotNet,
            IsSelf = seen.Worker.IsSelf,
            Name = seen.Worker.Name,
            RuntimeVersion = seen.Worker.RuntimeVersion,
            ServiceName = seen.Worker.Resource.GetValueOrDefault("service.name"),
            ServiceInstanceId = seen.Worker.InstanceId,
            StartedAt = seen.StartedAt,
            Sigusr2 = seen.Worker.Usr2.ToString().ToLowerInvariant(),
            IsListenedTo = seen.IsListenedTo,
            PssBytes = memory?.Pss?.TotalBytes,
            PrivateBytes = memory?.PrivateBytes,
            RssBytes = memory?.RssBytes,
            LimitBytes = memory?.LimitBytes,
            GrowthBytesPerSecond = seen.GrowthBytesPerSecond,
            TimeToLimitSeconds = seen.TimeToLimit?.TotalSeconds,
            Leak = seen.Leak is { } leak ? JsonNamingPolicy.KebabCaseLower.ConvertName(leak.State.ToString()) : null,
            LeakReason = seen.Leak?.Reason,
            MemoryProblem = memory?.WhyCheap,
            Ledger = seen.Ledger?.Categories,
            History = seen.History,
            CaptureProblem = seen.Worker.WhyNoCapture,
        };
    }
}
