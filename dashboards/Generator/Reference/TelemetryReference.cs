using System.Text;
using HeapDrift.Collector.Metrics;
using HeapDrift.Instrumentation;

namespace HeapDrift.Dashboards.Reference;

/// <summary><c>docs/telemetry.md</c>: every name on the wire, for those who write their own panels, alerts and queries.</summary>
internal static class TelemetryReference
{
    public static string Write()
    {
        var names = new NameSummaries();
        var text = new StringBuilder();
        text.Append($$"""
            # Telemetry reference

            Written by `dotnet run --project dashboards/Generator` from `src/Instrumentation/TelemetryNames.cs`; a test fails where it is stale.

            Meter, activity source and logger category are all `{{TelemetryNames.Source}}`: one filter finds everything. What the agent measures
            of other processes comes by a meter of its own, `HeapDrift.Collector`. Standard names of the OpenTelemetry semantic conventions come first, ours are under
            `heapdrift.`.

            ## Metrics

            Every metric of a worker has the attributes {{string.Join(", ", WorkerLabels.Names.Select(name => $"`{name}`"))}},
            as far as they are known; in Prometheus dots are underscores. A service with the package alone sends those of its own process with its
            resource instead, and the runtime's own meter `System.Runtime` for the garbage collector. The dashboards choose workers by `service_name`: let Prometheus
            make labels of the resource then, by `otlp: {promote_resource_attributes: [service.name, service.instance.id, process.pid]}` in its configuration.

            | metric | in Prometheus | unit | kind | further attributes | |
            |---|---|---|---|---|---|

            """);
        Dictionary<string, string> summaries = names.Of(typeof(TelemetryNames.Metrics)).ToDictionary(each => each.Name, each => each.Summary);
        foreach (MetricLine metric in MetricLine.All)
        {
            string labels = string.Join(", ", metric.Labels.Select(label => $"`{label}`"));
            text.Append($"| `{metric.Name}` | `{metric.Prometheus}` | {metric.Unit} | {metric.KindInWords} | {labels} | {summaries[metric.Name]} |\n");
        }

        text.Append("""

            Points of the counter and of the histograms have exemplars: the trace of the capture.

            ## Spans

            """);
        Append(text, "span", names.Of(typeof(TelemetryNames.Spans)));
        text.Append("""

            ## Events

            Log records with an event name, which `event.name` repeats; the body is a sentence for people. Those of a capture belong to its trace.

            """);
        Append(text, "event", names.Of(typeof(TelemetryNames.Events)));
        text.Append("""

            ## Attributes

            Of spans, events and metrics. At most 2,048 bytes each. In Loki dots are underscores and every value is text.

            """);
        Append(text, "attribute", names.Of(typeof(TelemetryNames.Attributes)));
        return text.ToString();
    }

    private static void Append(StringBuilder text, string what, IEnumerable<(string Name, string Summary)> names)
    {
        text.Append($"\n| {what} | |\n|---|---|\n");
        foreach ((string name, string summary) in names)
        {
            text.Append($"| `{name}` | {summary} |\n");
        }
    }
}
