using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>Where a panel, a series or a cell leads, with the time range of where one comes from.</summary>
internal sealed record Link(string Title, string Url)
{
    private const string Range = "${__url_time_range}";

    /// <summary>The worker of a series.</summary>
    public static Link ToWorkerOfSeries { get; } = ToWorker("${__field.labels.service_name}", "${__field.labels.process_pid}", "${__field.labels.instance}");

    /// <summary>The worker of a row.</summary>
    public static Link ToWorkerOfRow { get; } = ToWorker("${__data.fields.service_name}", "${__data.fields.process_pid}", "${__data.fields.instance}");

    /// <summary>The capture of a row.</summary>
    public static Link ToCaptureOfRow { get; } = new(
        "Capture: findings, path, stack and trace",
        $"/d/{Uids.Capture}?var-service=${{__data.fields.service_name}}&var-capture=${{__data.fields.heapdrift_capture_id}}&var-trace=${{__data.fields.trace_id}}&{Range}");

    /// <summary>The capture of a mark on the time axis, in whose text labels stand in two braces and variables mean nothing.</summary>
    public static Link ToCaptureOfLine { get; } = new(
        "Capture: findings, path, stack and trace",
        $"/d/{Uids.Capture}?var-service={{{{service_name}}}}&var-capture={{{{heapdrift_capture_id}}}}&var-trace={{{{trace_id}}}}");

    /// <inheritdoc cref="ToCaptureOfLine"/>
    public static Link ToWorkerOfLine { get; } = new(
        "Worker: memory, garbage collector, captures", $"/d/{Uids.Worker}?var-service={{{{service_name}}}}&var-pid={{{{process_pid}}}}");

    /// <summary>The trace of a row, beside whatever is on the screen: Explore takes its panes as JSON (schemaVersion 1).</summary>
    public static Link ToTraceOfRow { get; } = new("Trace in Explore", ExploreTrace("${__data.fields.trace_id}"));

    /// <summary>The services that are chosen.</summary>
    public static Link ToFleet { get; } = new("Fleet: all workers", $"/d/{Uids.Fleet}?${{service:queryparam}}&{Range}");

    public static Link ToWorkerChosen { get; } = new("Worker: this service", $"/d/{Uids.Worker}?${{service:queryparam}}&{Range}");

    public static Link ToCapturesChosen { get; } = new("Captures of these services", $"/d/{Uids.Capture}?${{service:queryparam}}&{Range}");

    public JsonObject ToJson() => new() { ["title"] = Title, ["url"] = Url };

    private static Link ToWorker(string service, string pid, string instance) => new(
        "Worker: memory, garbage collector, captures",
        $"/d/{Uids.Worker}?var-service={service}&var-pid={pid}&var-instance={instance}&{Range}");

    /// <summary>Encoded but for the variables, which Grafana would not find otherwise.</summary>
    private static string ExploreTrace(string traceId)
    {
        string panes = Uri.EscapeDataString(
            """{"trace":{"datasource":"TEMPO","queries":[{"refId":"A","queryType":"traceql","query":"TRACE"}],"range":{"from":"FROM","to":"TO"}}}""");
        return "/explore?schemaVersion=1&orgId=${__org.id}&panes=" + panes
            .Replace("TEMPO", $"${{{DataSource.Tempo.Variable}}}", StringComparison.Ordinal)
            .Replace("TRACE", traceId, StringComparison.Ordinal)
            .Replace("FROM", "${__from}", StringComparison.Ordinal)
            .Replace("TO", "${__to}", StringComparison.Ordinal);
    }
}
