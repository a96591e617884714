using System.Globalization;
using HeapDrift.Collector.Discovery;

namespace HeapDrift.Collector.Alerts;

/// <summary>
/// Which worker an alert is about: by process_pid, by service_instance_id, or by service_name or pod where exactly one worker has it. All
/// labels that are there must agree; the pid of another machine must not lead to a stranger.
/// </summary>
internal static class AlertMatcher
{
    private static readonly Selector[] Selectors =
    [
        new("process_pid", IsExact: true, worker => worker.Pid.ToString(CultureInfo.InvariantCulture)),
        new("service_instance_id", IsExact: true, worker => worker.InstanceId),
        new("service_name", IsExact: false, worker => worker.Resource.GetValueOrDefault("service.name") ?? worker.Name),
        new("k8s_pod_name", IsExact: false, worker => worker.Resource.GetValueOrDefault("k8s.pod.name")),
        new("pod", IsExact: false, worker => worker.Resource.GetValueOrDefault("k8s.pod.name")),
    ];

    /// <summary>Null and why, or the worker.</summary>
    public static (Worker? Worker, string Reason) Match(Alert alert, IReadOnlyCollection<Worker> workers)
    {
        Selector[] given = [.. Selectors.Where(selector => alert.Labels.GetValueOrDefault(selector.Label) is { Length: > 0 })];
        if (given.Length == 0)
        {
            return (null, "it names no worker: give the rule one of the labels process_pid, service_instance_id, service_name, pod");
        }

        string named = string.Join(", ", given.Select(selector => $"{selector.Label}={Printable.Cut(alert.Labels[selector.Label])}"));
        Worker[] matching = [.. workers.Where(worker => Array.TrueForAll(given, selector => selector.Is(worker, alert)))];
        return matching switch
        {
            [Worker one] => (one, $"process {one.Pid} ({one.Name})"),
            [] => (null, Explain(alert, given, workers, named)),
            _ => (null, $"{matching.Length} workers match {named}: name one by process_pid or service_instance_id"),
        };
    }

    private static string Explain(Alert alert, Selector[] given, IReadOnlyCollection<Worker> workers, string named)
    {
        Selector? first = Array.Find(given, selector => selector.IsExact && workers.Any(worker => selector.Is(worker, alert)));
        Selector? other = first is null ? null : Array.Find(given, selector => !workers.Any(worker => first.Is(worker, alert) && selector.Is(worker, alert)));
        return first is null || other is null
            ? $"no watched worker matches {named}"
            : $"the worker with {first.Label}={Printable.Cut(alert.Labels[first.Label])} has another {other.Label}: the alert may be about another machine, or an earlier process";
    }

    /// <param name="Label">Of the alert.</param>
    /// <param name="IsExact">It names one process.</param>
    /// <param name="Of">The worker's value.</param>
    private sealed record Selector(string Label, bool IsExact, Func<Worker, string?> Of)
    {
        public bool Is(Worker worker, Alert alert) => Of(worker) == alert.Labels[Label];
    }
}
