using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Discovery;

/// <summary>One observed process as seen from outside: of .NET, or of a program that a rule names.</summary>
internal sealed record Worker
{
    public required int Pid { get; init; }

    public required int ParentPid { get; init; }

    /// <summary>
    /// The process above it that leads it, <see cref="LeaderFinder"/>. Null for a worker that stands alone, and for a leader: it is a worker
    /// too, with a memory that can grow, and has the pid that its group names.
    /// </summary>
    public int? LeaderPid { get; init; }

    /// <summary>It leads at least one other worker at this moment.</summary>
    public bool IsLeader { get; init; }

    /// <summary>False where a rule made it a worker: its memory is measured, and that is all.</summary>
    public bool IsDotNet { get; init; } = true;

    /// <summary>This very process: the agent watches itself.</summary>
    public bool IsSelf { get; init; }

    /// <summary>Clock ticks since boot; tells the process from a later one with the same pid.</summary>
    public required long StartTimeTicks { get; init; }

    public required string Name { get; init; }

    /// <summary>For example <c>10.0.12</c>; null when it cannot be told.</summary>
    public required string? RuntimeVersion { get; init; }

    /// <summary>What SIGUSR2 would do to it.</summary>
    public required SignalDisposition Usr2 { get; init; }

    public required int Threads { get; init; }

    /// <summary>Path of its diagnostics socket; null when none can be seen.</summary>
    public required string? Socket { get; init; }

    /// <summary>From its environment, <see cref="WorkerResource"/>. An instance id that others have too has become one of its own.</summary>
    public required IReadOnlyDictionary<string, string> Resource { get; init; }

    /// <summary>Its own <c>service.instance.id</c>, or one made from its pid and start time.</summary>
    public string InstanceId => Resource.GetValueOrDefault(WorkerResource.InstanceId) ?? WorkerInstanceId.Of(Pid, StartTimeTicks);

    /// <summary>Why no capture can be made of it, whoever asks, in a sentence. Null where one can be tried.</summary>
    public string? WhyNoCapture =>
        IsSelf ? $"process {Pid} ({Name}) is this agent: it is watched like a worker, but it cannot capture itself"
        : !IsDotNet ? $"process {Pid} ({Name}) is not a .NET process: HeapDrift measures its memory, but only a .NET heap can be captured"
        : null;

    /// <summary>With what it has from its leader.</summary>
    public Worker With(Lineage lineage)
    {
        Worker led = this with { LeaderPid = lineage.LeaderPid };
        return lineage.InheritsInstanceId ? led.WithOwnInstanceId() : led;
    }

    /// <summary>Its instance id made distinct from that of others who have the same one. Nothing changes where it has none.</summary>
    public Worker WithOwnInstanceId() => Resource.GetValueOrDefault(WorkerResource.InstanceId) is not { } shared ? this : this with
    {
        Resource = new Dictionary<string, string>(Resource, StringComparer.Ordinal)
        {
            [WorkerResource.InstanceId] = WorkerInstanceId.Of(shared, Pid, StartTimeTicks),
        },
    };

    public WorkerIdentity Identity => new()
    {
        Pid = Pid,
        Name = Name,
        RuntimeVersion = RuntimeVersion,
        ServiceName = Resource.GetValueOrDefault("service.name"),
        ServiceInstanceId = Resource.GetValueOrDefault(WorkerResource.InstanceId),
    };
}
