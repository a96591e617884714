using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Discovery;

/// <summary>One .NET process as seen from outside.</summary>
internal sealed record Worker
{
    public required int Pid { get; init; }

    /// <summary>Its parent: the leader, where it was started by one.</summary>
    public required int ParentPid { get; init; }

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

    /// <summary>From <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> of its environment.</summary>
    public required IReadOnlyDictionary<string, string> Resource { get; init; }

    /// <summary>Its own <c>service.instance.id</c>, or one made from its pid and start time.</summary>
    public string InstanceId => Resource.GetValueOrDefault("service.instance.id") ?? WorkerInstanceId.Of(Pid, StartTimeTicks);

    public WorkerIdentity Identity => new()
    {
        Pid = Pid,
        Name = Name,
        RuntimeVersion = RuntimeVersion,
        ServiceName = Resource.GetValueOrDefault("service.name"),
        ServiceInstanceId = Resource.GetValueOrDefault("service.instance.id"),
    };
}
