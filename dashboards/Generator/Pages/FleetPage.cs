using System.Text.Json.Nodes;
using HeapDrift.Dashboards.Grafana;
using static HeapDrift.Dashboards.Grafana.Fields;

namespace HeapDrift.Dashboards.Pages;

/// <summary>Is anything growing? All workers of the chosen services beside each other.</summary>
internal static class FleetPage
{
    /// <summary>The agents' own series have no service.</summary>
    private const string Agents = """{job=~"$job",instance=~"$instance"}""";

    /// <summary>The series of the chosen workers.</summary>
    private const string Workers = """{job=~"$job",instance=~"$instance",service_name=~"$service"}""";

    /// <summary>What tells workers apart: the same pid may be on two nodes.</summary>
    private const string By = "by (service_name, process_pid, instance)";

    private const string Legend = "{{service_name}} {{process_pid}}";

    private static readonly string[] Order = [Field.Service, Field.Pid, Field.Instance, "Value #A", "Value #B", "Value #C", "Value #D", "Value #E", "Value #F"];

    public static Dashboard Build() => new(
        Uids.Fleet, "HeapDrift / Fleet", "Is any worker growing, how fast, and when does it reach its limit? Every graph leads to the worker, every capture to its findings.")
    {
        From = "now-3h",
        Variables =
        [
            Variable.Choose(DataSource.Prometheus),
            Variable.Choose(DataSource.Loki),
            Variable.Choose(DataSource.Tempo),
            Variable.Label("job", "Job", Metric.Pss, "job"),
            Variable.Label("instance", "Instance", $$"""{{Metric.Pss}}{job=~"$job"}""", "instance"),
            Variable.Label("service", "Service", $$"""{{Metric.Pss}}{job=~"$job",instance=~"$instance"}""", "service_name"),
        ],
        Annotations = [.. Captures.Marks, Captures.Alerts],
        Sections =
        [
            new("Now", [.. Now()]),
            new("Alerts and workers", Firing(), Table()),
            new("Growth", [.. Growth()]),
            new("Garbage collector", [.. Collector()]),
            new("Captures", [.. Evidence()]),
            new("The agent itself", [.. Agent()]),
        ],
    };

    private static IEnumerable<Panel> Now() => new[]
    {
        Panels.Stat("Workers", "Processes that an agent watches. Fewer than you run: an agent is down, or a rule leaves them out.", "short", Query.Series($"count({Metric.Armed}{Workers})", "workers"), Thresholds("text")),
        Panels.Stat("Suspected of a leak", "Workers that the agent's detector takes for leaking. More than 0: look at the captures below, one has been started.", "short", Query.Series($"sum({Metric.Suspected}{Workers})", "suspected"), Thresholds("green", (1, "red"))),
        Panels.Stat("Limit within four hours", "Workers that reach their memory limit within four hours if they grow on like this. The kernel ends them then.", "short", Query.Series($"count({Metric.TimeToLimit}{Workers} < 4 * 3600) or vector(0)", "workers"), Thresholds("green", (1, "red"))),
        Panels.Stat("Soonest limit", "When the first of them gets there. Less than your night is long: wake up now.", "s", Query.Series($"min({Metric.TimeToLimit}{Workers})", "soonest"), Thresholds("red", (3600, "orange"), (4 * 3600, "green"))),
        Panels.Stat("SIGUSR2 not caught", "Workers without a handler: kill -USR2 by hand would end them (or do nothing). Not bad in itself; where the package is meant to be, it is not.", "short", Query.Series($"count({Metric.Armed}{Workers} == 0) or vector(0)", "workers"), Thresholds("text")),
        Panels.Stat("Captures in this range", "Every attempt counts, also one that was refused or failed.", "short", Query.Series($"round(sum(increase({Metric.Captures}{Agents}[$__range])))", "captures"), Thresholds("text")),
    }.Select(panel => panel with { Links = [Link.ToCapturesChosen] });

    private static Panel Firing() => Panels.Table(
        "Alerts that fire",
        "What Prometheus says right now. Nothing: nothing fires. Bad: any; click the process to see the worker, where the capture that the alert has started is listed.",
        Query.Now($$"""max by (alertname, severity, service_name, process_pid, instance) (ALERTS{alertname=~"HeapDrift.*",alertstate="firing",job=~"$job",instance=~"$instance",service_name=~"$service|"})""")) with
    {
        Height = 5,
        Links = [Link.ToWorkerChosen],
        Transformations = [Transformation.Order(["alertname", "severity", Field.Service, Field.Pid, Field.Instance], "Time", "Value")],
        Overrides =
        [
            Column("alertname", "Alert"),
            Column("severity", "Severity", Mapped(("critical", "critical", "red"), ("warning", "warning", "orange"), ("info", "info", "blue")), ("custom.cellOptions", new JsonObject { ["type"] = "color-text" })),
            Column(Field.Service, "Service", Links(Link.ToWorkerOfRow)),
            Column(Field.Pid, "Process", Unit("string"), Links(Link.ToWorkerOfRow)),
            Column(Field.Instance, "Agent"),
        ],
    };

    private static Panel Table() => Panels.Table(
        "Workers",
        "One row a worker, the newest values. Bad: growth that does not stop, little time to the limit, a leak suspected. Click a row's process to see the worker.",
        Query.Now($"sum {By} ({Metric.Pss}{Workers})"),
        Query.Now($"sum {By} ({Metric.Pss}{Workers}) / max {By} ({Metric.Limit}{Workers})"),
        Query.Now($"max {By} ({Metric.Growth}{Workers})"),
        Query.Now($"max {By} ({Metric.TimeToLimit}{Workers})"),
        Query.Now($"max {By} ({Metric.Suspected}{Workers})"),
        Query.Now($"max {By} ({Metric.Armed}{Workers})")) with
    {
        Height = 9,
        Links = [Link.ToWorkerChosen],
        Transformations = [Transformation.Merge(), Transformation.Order(Order, "Time")],
        Overrides =
        [
            Column(Field.Service, "Service", Links(Link.ToWorkerOfRow)),
            Column(Field.Pid, "Process", Unit("string"), Links(Link.ToWorkerOfRow)),
            Column(Field.Instance, "Agent"),
            Column("Value #A", "Memory (PSS)", Unit("bytes")),
            Column("Value #B", "Of its limit", Unit("percentunit")),
            Column("Value #C", "Growth", Unit("binBps")),
            Column("Value #D", "Time to limit", Unit("s")),
            Column("Value #E", "Leak", Mapped(("0", "no", "text"), ("1", "suspected", "red"))),
            Column("Value #F", "SIGUSR2", Mapped(("0", "not caught", "text"), ("1", "armed", "green"))),
        ],
    };

    private static IEnumerable<Panel> Growth() => new[]
    {
        Panels.Graph("Memory by worker (PSS)", "Proportional memory, swap included: shared pages are divided among those who share them, so that workers of one server can be added. Bad: a line whose lowest points rise.", "bytes", Query.Series($"sum {By} ({Metric.Pss}{Workers})", Legend)),
        Panels.Graph("Live heap by worker", "What the last collection left alive. Bad: it rises over hours. Flat here while memory rises: the leak is not in managed objects.", "bytes", Query.Series($"sum {By} ({Metric.HeapSize}{Workers}) - sum {By} ({Metric.Fragmentation}{Workers})", Legend)),
        Panels.Graph("Growth", "Bytes a second over the last ten minutes. Bad: above zero for an hour.", "binBps", Query.Series($"max {By} ({Metric.Growth}{Workers})", Legend)),
        Panels.Graph("Time to limit", "If the worker grows on like this; no line where it does not grow or has no limit. Bad: a line that falls.", "s", Query.Series($"max {By} ({Metric.TimeToLimit}{Workers})", Legend)),
    }.Select(panel => panel with { Links = [Link.ToWorkerChosen], DataLinks = [Link.ToWorkerOfSeries] });

    private static IEnumerable<Panel> Collector() => new[]
    {
        Panels.Graph("Time in pauses", "Share of time that collections hold the worker. Bad: above 5 %, or rising with the heap.", "percentunit", Query.Series($"sum {By} (rate({Metric.PauseTime}{Workers}[$__rate_interval]))", Legend)),
        Panels.Graph("Allocation rate", "Bytes allocated a second: garbage mostly, and no leak by itself. A jump after a deployment is worth a look.", "binBps", Query.Series($"sum {By} (rate({Metric.Allocated}{Workers}[$__rate_interval]))", Legend)),
    }.Select(panel => panel with { Links = [Link.ToWorkerChosen], DataLinks = [Link.ToWorkerOfSeries] });

    private static IEnumerable<Panel> Evidence() =>
    [
        Captures.Findings("Findings", "Who holds what grew, and which line allocated it, of every capture in this range. Bad: the same fingerprint again and again, or regressed. The capture's id opens all of it, the trace's id the trace.") with { Links = [Link.ToCapturesChosen] },
        Captures.Table("Captures", "Every capture that ended, and how. Bad: outcomes other than completed; the sentence says why.") with { Links = [Link.ToCapturesChosen] },
    ];

    private static IEnumerable<Panel> Agent() => new[]
    {
        Panels.Bars("Captures by trigger and outcome", "A dot is the trace of a capture. Bad: failed, not-permitted or incomplete; refused means a cooldown or a budget.", "short", Query.Series($"sum by ({Metric.Trigger}, {Metric.Outcome}) (increase({Metric.Captures}{Agents}[$__rate_interval]))", $"{{{{{Metric.Trigger}}}}}: {{{{{Metric.Outcome}}}}}", exemplars: true)) with { Width = 8 },
        Panels.Graph("Pause of a worker for a snapshot", "95 of 100 were shorter, counted over as long a time as is shown. Bad: above 100 ms with copy-on-write; the eventpipe engine pauses for the whole walk.", "s", Query.Series($"histogram_quantile(0.95, sum by (le, {Metric.Engine}) (increase({Metric.CapturePause}_bucket{Agents}[$__range]))) > 0", $"{{{{{Metric.Engine}}}}}", exemplars: true)) with { Width = 8 },
        Panels.Graph("Cost of reading memory, and reports that wait", "What the kernel took for the last reading of a worker's memory, at most; and reports that the OTLP receiver does not have yet. Bad: reports that wait for more than some minutes.", "s", Query.Series($"max({Metric.ReadDuration}{Workers})", "longest reading"), Query.Series($"sum({Metric.Undelivered}{Agents})", "reports that wait")) with
        {
            Width = 8,
            Overrides = [Override("reports that wait", Unit("short"), ("custom.axisPlacement", "right"))],
        },
    }.Select(panel => panel with { Links = [Link.ToCapturesChosen] });
}
