using System.Text.Json.Nodes;
using HeapDrift.Dashboards.Grafana;
using HeapDrift.Instrumentation;
using HeapDrift.Profiling.Watching;
using static HeapDrift.Dashboards.Grafana.Fields;

namespace HeapDrift.Dashboards.Pages;

/// <summary>Where the memory of one worker is, what its collector does, and what its captures found.</summary>
internal static class WorkerPage
{
    private const string Selector = """{job=~"$job",instance=~"$instance",service_name=~"$service",process_pid=~"$pid"}""";

    /// <summary>LogQL.</summary>
    private const string OfWorker = """process_pid=~"$pid" """;

    public static Dashboard Build() => new(
        Uids.Worker, "HeapDrift / Worker", "Where the memory of a worker is, what its garbage collector does and what its captures found. Choose one process: the figures of several are added.")
    {
        From = "now-1h",
        Variables =
        [
            Variable.Choose(DataSource.Prometheus),
            Variable.Choose(DataSource.Loki),
            Variable.Choose(DataSource.Tempo),
            Variable.Label("job", "Job", Metric.Pss, "job"),
            Variable.Label("instance", "Instance", $$"""{{Metric.Pss}}{job=~"$job"}""", "instance"),
            Variable.Label("service", "Service", $$"""{{Metric.Pss}}{job=~"$job",instance=~"$instance"}""", "service_name"),

            // A service with the package alone may not say its pid.
            Variable.Label("pid", "Process", $$"""{{Metric.Pss}}{job=~"$job",instance=~"$instance",service_name=~"$service"}""", "process_pid", isOptional: true),
        ],
        Annotations = [.. Captures.Marks, Captures.Alerts],
        Sections =
        [
            new("Now", [.. Now()]),
            new("Memory", [.. Memory()]),
            new("Garbage collector", [.. Collector()]),
            new("Captures", [.. Evidence()]),
        ],
    };

    private static IEnumerable<Panel> Now() => new[]
    {
        Panels.Stat("Memory (PSS)", "Proportional memory, swap included.", "bytes", Query.Series($"sum({Metric.Pss}{Selector})", "PSS"), Thresholds("text")),
        Panels.Stat("Of its limit", "Of the tightest limit of its control groups. Bad: above 80 %.", "percentunit", Query.Series($"sum({Metric.Pss}{Selector}) / max({Metric.Limit}{Selector})", "share"), Thresholds("green", (0.8, "orange"), (0.95, "red"))),
        Panels.Stat("Growth", "Bytes a second over ten minutes. Bad: above zero for an hour.", "binBps", Query.Series($"sum({Metric.Growth}{Selector})", "growth"), Thresholds("text")),
        Panels.Stat("Time to limit", "If it grows on like this. Nothing: it does not grow, or has no limit.", "s", Query.Series($"min({Metric.TimeToLimit}{Selector})", "time"), Thresholds("red", (3600, "orange"), (4 * 3600, "green"))),
        State("Leak", "What the agent's detector thinks. Suspected: a capture has been started.", Metric.Suspected, ("0", "none seen", "green"), ("1", "suspected", "red")),
        State("SIGUSR2", "Not caught: kill -USR2 by hand would end this worker, or do nothing.", Metric.Armed, ("0", "not caught", "text"), ("1", "armed", "green")),
    }.Select(panel => panel with { Links = [Link.ToFleet] });

    private static Panel State(string title, string description, string metric, params (string Value, string Text, string Color)[] words)
    {
        Panel stat = Panels.Stat(title, description, "short", Query.Series($"max({metric}{Selector})", title), Thresholds("text"));
        stat.Defaults["mappings"] = Mappings(words);
        stat.Options["graphMode"] = "none";
        return stat;
    }

    private static IEnumerable<Panel> Memory() => new[]
    {
        Panels.Stack(
            "Memory ledger",
            "Every byte of the proportional memory by what it is used for; the parts add up to the line. Bad: a part that grows. Managed live: objects pile up. Managed free: fragmentation, or garbage that waits. Native: malloc, libraries, drivers.",
            "bytes",
            Query.Series($"sum by ({Metric.Category}) ({Metric.Ledger}{Selector})", $"{{{{{Metric.Category}}}}}"),
            Query.Series($$"""sum({{Metric.Pss}}{job=~"$job",instance=~"$instance",service_name=~"$service",process_pid=~"$pid",{{Metric.Kind}}!="swap"})""", "PSS without swap")) with
        {
            Width = 24,
            Height = 10,
            Overrides = [.. Categories(), Line("PSS without swap")],
        },
        Panels.Graph(
            "Memory against the limit",
            "Resident counts shared pages in full, private only what nobody shares; proportional lies between. Bad: proportional on its way to the limit.",
            "bytes",
            Query.Series($"sum({Metric.Pss}{Selector})", "proportional (PSS)"),
            Query.Series($"sum({Metric.Private}{Selector})", "private"),
            Query.Series($"sum({Metric.Resident}{Selector})", "resident (RSS)"),
            Query.Series($"max({Metric.Limit}{Selector})", "limit")) with
        {
            Overrides = [Override("limit", ("color", new JsonObject { ["mode"] = "fixed", ["fixedColor"] = "red" }), ("custom.lineStyle", new JsonObject { ["fill"] = "dash", ["dash"] = new JsonArray(8, 6) }))],
        },
        Panels.Stack("Memory by kind", "Anonymous is what the process wrote, file what it mapped, shmem what it shares, swap what the kernel moved out. Bad: swap, at all.", "bytes", Query.Series($"sum by ({Metric.Kind}) ({Metric.Pss}{Selector})", $"{{{{{Metric.Kind}}}}}")),
    }.Select(panel => panel with { Links = [Link.ToFleet, Link.ToCapturesChosen] });

    private static IEnumerable<Panel> Collector() => new[]
    {
        Panels.Stack("Heap by generation", "After the last collection, free space included. Bad: generation 2 or the large object heap (loh) rises from collection to collection.", "bytes", Query.Series($"sum by ({Metric.Generation}) ({Metric.HeapSize}{Selector})", $"{{{{{Metric.Generation}}}}}")),
        Panels.Graph(
            "Live, free and committed",
            "Live is what the last collection left. Free lies between objects. Committed is what the collector has from the kernel. Bad: live rises (leak), free rises (fragmentation), committed stays high after a peak.",
            "bytes",
            Query.Series($"sum({Metric.HeapSize}{Selector}) - sum({Metric.Fragmentation}{Selector})", "live"),
            Query.Series($"sum({Metric.Fragmentation}{Selector})", "free"),
            Query.Series($"sum({Metric.Committed}{Selector})", "committed")),
        Panels.Graph("Collections", "A second, each in its own generation. Bad: many of generation 2: the heap is near its limit.", "cps", Query.Series($"sum by ({Metric.Generation}) (rate({Metric.Collections}{Selector}[$__rate_interval]))", $"{{{{{Metric.Generation}}}}}")) with { Width = 8 },
        Panels.Graph("Time in pauses", "Share of time that collections hold the worker. Bad: above 5 %.", "percentunit", Query.Series($"sum(rate({Metric.PauseTime}{Selector}[$__rate_interval]))", "in pauses")) with { Width = 8 },
        Panels.Graph("Allocation rate", "Bytes allocated a second: garbage mostly. Bad only where it rises without more work.", "binBps", Query.Series($"sum(rate({Metric.Allocated}{Selector}[$__rate_interval]))", "allocated")) with { Width = 8 },
    }.Select(panel => panel with { Links = [Link.ToFleet] });

    private static IEnumerable<Panel> Evidence() =>
    [
        Captures.Findings("Findings", "What piled up in this worker, who holds it and which line allocated it. The capture's id opens path and stack.", OfWorker.Trim()) with { Links = [Link.ToCapturesChosen] },
        Captures.Table("Captures of this worker", "Bad: outcomes other than completed; the sentence says why.", OfWorker.Trim()) with { Links = [Link.ToCapturesChosen] },
        Panels.Lines("Suspicions", "What the detector saw, when it began to suspect a leak. Nothing here is good.", Query.Lines(Field.Events(TelemetryNames.Events.LeakSuspected, OfWorker.Trim()))) with { Width = 16, Links = [Link.ToFleet] },
        Panels.Graph(
            "How long captures took",
            "From the trigger to the report, window and all, of all captures of these agents, counted over as long a time as is shown. A dot is the trace of a capture. Bad: much longer than the window.",
            "s",
            Query.Series($$"""histogram_quantile(0.95, sum by (le) (increase({{Metric.CaptureDuration}}_bucket{job=~"$job",instance=~"$instance"}[$__range]))) > 0""", "95 of 100 are shorter", exemplars: true)) with
        {
            Width = 8,
            Links = [Link.ToCapturesChosen],
        },
    ];

    /// <summary>In words, and always in the same colours.</summary>
    private static IEnumerable<JsonObject> Categories() =>
        from category in new (string Name, string Color)[]
        {
            (MemoryCategory.GCLive, "red"),
            (MemoryCategory.GCFree, "orange"),
            (MemoryCategory.GCReserve, "yellow"),
            (MemoryCategory.GCHeap, "dark-red"),
            (MemoryCategory.Native, "purple"),
            (MemoryCategory.Code, "blue"),
            (MemoryCategory.Stacks, "super-light-blue"),
            (MemoryCategory.Files, "green"),
            (MemoryCategory.Shared, "dark-green"),
            (MemoryCategory.Heap, "dark-purple"),
        }
        select Override(category.Name, ("displayName", MemoryCategory.NameOf(category.Name)), ("color", new JsonObject { ["mode"] = "fixed", ["fixedColor"] = category.Color }));

    /// <summary>A line over the stacked areas.</summary>
    private static JsonObject Line(string series) => Override(
        series,
        ("custom.stacking", new JsonObject { ["mode"] = "none", ["group"] = "B" }),
        ("custom.fillOpacity", 0),
        ("custom.lineWidth", 2),
        ("color", new JsonObject { ["mode"] = "fixed", ["fixedColor"] = "text" }));
}
