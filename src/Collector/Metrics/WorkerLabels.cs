using System.Globalization;
using HeapDrift.Collector.Discovery;
using HeapDrift.Instrumentation;

namespace HeapDrift.Collector.Metrics;

/// <summary>
/// What tells workers apart in the metrics of one agent. A fixed set, because Prometheus wants the same labels on every series; what a
/// worker does not have is left empty, which to Prometheus is absent. Types and paths are never among them.
/// </summary>
internal static class WorkerLabels
{
    public static IReadOnlyList<string> Names { get; } =
    [
        TelemetryNames.Attributes.ProcessPid,
        TelemetryNames.Attributes.ServiceName,
        TelemetryNames.Attributes.ServiceInstanceId,
        "service.namespace",
        "k8s.namespace.name",
        "k8s.pod.name",
        "k8s.container.name",
    ];

    /// <summary>In the order of <see cref="Names"/>.</summary>
    public static string[] Of(Worker worker) =>
    [
        worker.Pid.ToString(CultureInfo.InvariantCulture),
        worker.Resource.GetValueOrDefault(TelemetryNames.Attributes.ServiceName) ?? worker.Name,
        worker.InstanceId,
        .. Names.Skip(3).Select(name => worker.Resource.GetValueOrDefault(name, "")),
    ];
}
