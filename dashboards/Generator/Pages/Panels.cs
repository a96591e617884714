using System.Text.Json.Nodes;
using HeapDrift.Dashboards.Grafana;

namespace HeapDrift.Dashboards.Pages;

/// <summary>The visualisations that the dashboards have in common, as they look in all of them.</summary>
internal static class Panels
{
    /// <summary>Lines over time with a table of the last and largest values beneath.</summary>
    public static Panel Graph(string title, string description, string unit, params IReadOnlyList<Query> queries) => new("timeseries", title, description)
    {
        Unit = unit,
        Queries = queries,
        Links = [],
        Defaults = new() { ["custom"] = new JsonObject { ["lineWidth"] = 1, ["fillOpacity"] = 8, ["showPoints"] = "never", ["spanNulls"] = false } },
        Options = new()
        {
            ["legend"] = new JsonObject { ["displayMode"] = "table", ["placement"] = "bottom", ["showLegend"] = true, ["calcs"] = Json.Strings("lastNotNull", "max") },
            ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
        },
    };

    /// <summary>Areas on top of each other, where the parts add up.</summary>
    public static Panel Stack(string title, string description, string unit, params IReadOnlyList<Query> queries)
    {
        Panel graph = Graph(title, description, unit, queries);
        JsonNode custom = graph.Defaults["custom"]!;
        custom["stacking"] = new JsonObject { ["mode"] = "normal", ["group"] = "A" };
        custom["fillOpacity"] = 60;
        return graph;
    }

    /// <summary>
    /// Counts in the interval that a bar is wide. Grafana's rate interval is that and one scrape more, but never less than four scrapes: with bars
    /// that are narrower an event would stand in several of them.
    /// </summary>
    public static Panel Bars(string title, string description, string unit, params IReadOnlyList<Query> queries)
    {
        Panel graph = Stack(title, description, unit, queries);
        graph.Defaults["custom"]!["drawStyle"] = "bars";
        return graph with { Interval = "1m" };
    }

    /// <summary>One number, coloured by what it means.</summary>
    public static Panel Stat(string title, string description, string unit, Query query, JsonObject thresholds) => new("stat", title, description)
    {
        Width = 4,
        Height = 4,
        Unit = unit,
        Queries = [query],
        Links = [],
        Defaults = new() { ["color"] = new JsonObject { ["mode"] = "thresholds" }, ["thresholds"] = thresholds, ["noValue"] = "-" },
        Options = new()
        {
            ["colorMode"] = "value",
            ["graphMode"] = "area",
            ["textMode"] = "auto",
            ["reduceOptions"] = new JsonObject { ["calcs"] = Json.Strings("lastNotNull"), ["fields"] = "", ["values"] = false },
        },
    };

    /// <summary>Rows.</summary>
    public static Panel Table(string title, string description, params IReadOnlyList<Query> queries) => new("table", title, description)
    {
        Width = 24,
        Queries = queries,
        Links = [],
        Defaults = new() { ["custom"] = new JsonObject { ["align"] = "auto", ["cellOptions"] = new JsonObject { ["type"] = "auto", ["wrapText"] = true } } },
        Options = new() { ["showHeader"] = true, ["cellHeight"] = "sm" },
    };

    /// <summary>Log lines as they are.</summary>
    public static Panel Lines(string title, string description, Query query, bool wrap = true) => new("logs", title, description)
    {
        Width = 24,
        Queries = [query],
        Links = [],
        Options = new()
        {
            ["showTime"] = true,
            ["wrapLogMessage"] = wrap,
            ["enableLogDetails"] = true,
            ["dedupStrategy"] = "none",
            ["sortOrder"] = "Descending",
        },
    };
}
