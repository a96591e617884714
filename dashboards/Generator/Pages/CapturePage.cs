using System.Text.Json.Nodes;
using HeapDrift.Dashboards.Grafana;
using HeapDrift.Instrumentation;
using static HeapDrift.Dashboards.Grafana.Fields;

namespace HeapDrift.Dashboards.Pages;

/// <summary>What one capture found: the verdict, who holds what grew, the stack that allocated it, the trace.</summary>
internal static class CapturePage
{
    /// <summary>LogQL.</summary>
    private static readonly string OfCapture = $"{Field.CaptureId}=~\"$capture\"";

    /// <summary>
    /// A finding as in report.txt. Loki keeps the path as JSON text, hence the replacements, as Go's encoding/json writes it: with the brackets and
    /// ampersands of names like <c>List&lt;Session&gt;</c> escaped for HTML (pdata's <c>Value.AsString</c>).
    /// </summary>
    private static readonly string Story = string.Concat(
        "line_format `#{{." + Field.Rank + "}}  {{ __line__ }}\n",
        "held by  {{ ." + Field.Path + " | trimPrefix \"[\\\"\" | trimSuffix \"\\\"]\" | replace \"\\\",\\\"\" \"\\n     ->  \"",
        " | replace \"\\\\u003c\" \"<\" | replace \"\\\\u003e\" \">\" | replace \"\\\\u0026\" \"&\" }}\n",
        "allocated\n{{ if ." + Field.Stack + " }}{{ ." + Field.Stack + " }}{{ else }}   {{ ." + Field.Of(TelemetryNames.Attributes.AllocationNote) + " }}{{ end }}`");

    public static Dashboard Build() => new(
        Uids.Capture, "HeapDrift / Capture", "What a capture found: verdict, who holds what grew, which line allocated it, and its trace. Choose a capture by its id in the first table.")
    {
        From = "now-6h",
        Variables =
        [
            Variable.Choose(DataSource.Loki),
            Variable.Choose(DataSource.Tempo),
            Variable.Choose(DataSource.Prometheus),
            Variable.ServicesOfLogs(),
            Variable.Text("capture", "Capture", "The id of a capture; .+ stands for all. Links fill it in.", ".+"),
            Variable.Text("trace", "Trace", "The trace of the capture. Links fill it in.", ""),
        ],
        Annotations = [.. Captures.Marks, Captures.Alerts],
        Sections =
        [
            new("Verdict", Captures.Table("Captures", "How each ended. A click on a capture's id narrows this dashboard down to it. Bad: managed leak, native growth; an outcome other than completed says less.", OfCapture) with { Links = [Link.ToFleet] }),
            new("Findings", [.. Findings()]),
            new("Around it", [.. Around()]),
        ],
    };

    private static IEnumerable<Panel> Findings() =>
    [
        Captures.Findings("Findings", "One row a suspected leak, the largest first. Held by: the root of the path. Allocated in: the first frame with symbols of the stack that allocated most of it. Bad: a managed leak of an application's type.", OfCapture) with { Links = [Link.ToFleet, Link.ToWorkerChosen] },
        Panels.Lines("Path and stack", "Each finding as the report tells it: who holds it, down to the type that piles up, and the stack that allocated most of what is left. Open the file it names.", Query.Lines(Field.Events(TelemetryNames.Events.Finding, OfCapture, Story))) with
        {
            Width = 14,
            Height = 16,
            Links = [Link.ToWorkerChosen],
        },
        GrowthByType(),
    ];

    private static Panel GrowthByType() => new("barchart", "Growth by type", "The types that grew most between the two snapshots, whoever holds them. Strings and arrays are payload: the finding says whose. Bad: one type that dwarfs the others.")
    {
        Width = 10,
        Height = 16,
        Unit = "bytes",
        Queries = [Query.Lines(Field.Events(TelemetryNames.Events.TypeGrowth, OfCapture))],
        Links = [Link.ToWorkerChosen],
        Transformations =
        [
            .. Transformation.Columns([Field.TypeName, Field.TypeBytes], Field.TypeBytes),
            Transformation.SortBy(Field.TypeBytes, descending: true),
        ],
        Overrides = [Column(Field.TypeBytes, "growth")],
        Options = new()
        {
            ["orientation"] = "horizontal",
            ["xField"] = Field.TypeName,
            ["showValue"] = "always",
            ["legend"] = new JsonObject { ["showLegend"] = false, ["displayMode"] = "list", ["placement"] = "bottom", ["calcs"] = new JsonArray() },
            ["tooltip"] = new JsonObject { ["mode"] = "single", ["sort"] = "none" },
        },
    };

    private static IEnumerable<Panel> Around() =>
    [
        new("traces", "Trace", "The phases of the capture: baseline, window, final, diff, with pauses and findings as events. Empty until a capture is chosen in the first table.")
        {
            Width = 14,
            Height = 12,
            Unit = "none",
            Queries = [Query.Traces("${trace}")],
            Links = [Link.ToWorkerChosen],
        },
        Panels.Table("Traces of captures", "Every capture of these services whose trace was kept. Duration is the window and some seconds. Bad: status error.", Query.Traces(
            $$"""{ name = "{{TelemetryNames.Spans.Capture}}" && resource.service.name =~ "$service" && span.{{TelemetryNames.Attributes.CaptureId}} =~ "$capture" }""")) with
        {
            Width = 10,
            Height = 12,
            Unit = "none",
            Links = [Link.ToFleet],
        },
        Panels.Graph("Memory around the capture", "The marks are captures. Bad: it rises before and after: the leak goes on.", "bytes", Query.Series($$"""sum by (service_name, process_pid, instance) ({{Metric.Pss}}{service_name=~"$service"})""", "{{service_name}} {{process_pid}}")) with
        {
            Links = [Link.ToFleet],
            DataLinks = [Link.ToWorkerOfSeries],
        },
        Panels.Lines("All events", "What HeapDrift said of these captures, from the start to the end. Each line leads to its trace.", Query.Lines($$"""{service_name=~"$service"} | {{OfCapture}}""")) with { Width = 12, Links = [Link.ToFleet] },
    ];
}
