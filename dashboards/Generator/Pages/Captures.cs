using System.Text.Json.Nodes;
using HeapDrift.Dashboards.Grafana;
using HeapDrift.Instrumentation;
using static HeapDrift.Dashboards.Grafana.Fields;

namespace HeapDrift.Dashboards.Pages;

/// <summary>Tables of captures and findings, and the marks on the time axis: every dashboard has them.</summary>
internal static class Captures
{
    private static readonly string[] CaptureColumns =
    [
        .. Field.Time, Field.Service, Field.Pid, Field.Verdict, .. Field.Line, Field.Findings, Field.Outcome, Field.Trigger, Field.Alert, Field.Engine, Field.CaptureId, Field.Trace,
    ];

    private static readonly string[] FindingColumns =
    [
        .. Field.Time, Field.Service, Field.Rank, .. Field.Line, Field.Retained, Field.Share, Field.FindingVerdict, Field.Status, Field.Type, Field.Holder,
        Field.Function, Field.File, Field.CodeLine, Field.Samples, Field.Fingerprint, Field.CaptureId, Field.Trace,
    ];

    public static (string Value, string Text, string Color)[] Verdicts { get; } =
    [
        ("managed-leak", "managed leak", "red"),
        ("native-growth", "native growth", "orange"),
        ("fragmentation", "fragmentation", "orange"),
        ("saturating", "saturating", "yellow"),
        ("no-gc-yet", "no collection yet", "blue"),
        ("inconclusive", "inconclusive", "blue"),
        ("no-growth", "no growth", "green"),
    ];

    /// <summary>The line as a label, for the text of a mark, which is HTML: a name like <c>List&lt;Session&gt;</c> would be a tag there.</summary>
    private static string Sentence => $$$"""label_format {{{Annotation.Sentence}}}=`{{ __line__ | replace "<" "&lt;" }}`""";

    /// <summary>Captures, suspicions and alerts, on every graph.</summary>
    public static IReadOnlyList<JsonObject> Marks { get; } =
    [
        Annotation.OfLines("Captures", "purple", Field.Events(TelemetryNames.Events.CaptureCompleted, Sentence), "Capture: {{heapdrift_capture_verdict}}", Link.ToCaptureOfLine),
        Annotation.OfLines("Leak suspected", "red", Field.Events(TelemetryNames.Events.LeakSuspected, Sentence), "Leak suspected", Link.ToWorkerOfLine),
    ];

    /// <summary>Alerts of the shipped rules, for dashboards that know Prometheus.</summary>
    public static JsonObject Alerts { get; } =
        Annotation.OfAlerts("Alerts", "orange", """ALERTS{alertname=~"HeapDrift.*",alertstate="firing",service_name=~"$service"}""");

    public static Panel Table(string title, string description, params IEnumerable<string> filters)
    {
        Panel table = Panels.Table(title, description, Query.Lines(Field.Events(TelemetryNames.Events.CaptureCompleted, filters)));
        return table with
        {
            Unit = "none",
            Transformations = Transformation.Columns(CaptureColumns, Field.Findings),
            Overrides =
            [
                .. Sentences(),
                Column(Field.Service, "Service", Width(140)),
                Column(Field.Pid, "Process", Unit("string"), Width(80)),
                Column(Field.Verdict, "Verdict", Width(130), Mapped(Verdicts), ColoredText),
                Column(Field.Findings, "Findings", Width(80)),
                Column(Field.Outcome, "Outcome", Width(110)),
                Column(Field.Trigger, "Started by", Width(100)),
                Column(Field.Alert, "Alert", Width(190)),
                Column(Field.Engine, "Engine", Width(120)),
                Column(Field.CaptureId, "Capture", Unit("string"), Width(230), Links(Link.ToCaptureOfRow)),
                Column(Field.Trace, "Trace", Unit("string"), Width(120), Links(Link.ToTraceOfRow)),
            ],
        };
    }

    public static Panel Findings(string title, string description, params IEnumerable<string> filters)
    {
        Panel table = Panels.Table(title, description, Query.Lines(Field.Events(TelemetryNames.Events.Finding, filters)));
        return table with
        {
            Unit = "none",
            Height = 9,
            Transformations = Transformation.Columns(FindingColumns, Field.Rank, Field.Retained, Field.Share, Field.Samples, Field.CodeLine),
            Overrides =
            [
                .. Sentences(),
                Column(Field.Service, "Service", Width(120)),
                Column(Field.Rank, "Rank", Width(60)),
                Column(Field.Retained, "Retained growth", Unit("bytes"), Width(120)),
                Column(Field.Share, "Of all growth", Unit("percentunit"), Width(100)),
                Column(Field.FindingVerdict, "Verdict", Width(120), Mapped(Verdicts), ColoredText),
                Column(Field.Status, "Seen before", Width(90), Mapped(("new", "new", "blue"), ("known", "known", "text"), ("regressed", "regressed", "red"))),
                Column(Field.Type, "Type", Width(180)),
                Column(Field.Holder, "Held by", Width(220)),
                Column(Field.Function, "Allocated in", Width(200)),
                Column(Field.File, "File", Width(150)),
                Column(Field.CodeLine, "Line of code", Width(90)),
                Column(Field.Samples, "Samples", Width(80)),
                Column(Field.Fingerprint, "Fingerprint", Unit("string"), Width(150)),
                Column(Field.CaptureId, "Capture", Unit("string"), Width(230), Links(Link.ToCaptureOfRow)),
                Column(Field.Trace, "Trace", Unit("string"), Width(120), Links(Link.ToTraceOfRow)),
            ],
        };
    }

    private static (string Property, JsonNode Value) ColoredText =>
        ("custom.cellOptions", new JsonObject { ["type"] = "color-text" });

    private static IEnumerable<JsonObject> Sentences() =>
    [
        .. Field.Time.Select(field => Column(field, "Time", Width(170))),
        .. Field.Line.Select(field => Column(field, "What was seen", Width(420))),
    ];
}
