using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>Marks on the time axis of every graph.</summary>
internal static class Annotation
{
    /// <summary>The label that has the text of a mark.</summary>
    public const string Sentence = "sentence";

    /// <param name="name">What it is called at the top.</param>
    /// <param name="color">Of the mark.</param>
    /// <param name="expression">LogQL; each line is a mark, its label <see cref="Sentence"/> what one reads.</param>
    /// <param name="title">With labels as <c>{{label}}</c>.</param>
    /// <param name="link">Where the mark leads; with labels, too.</param>
    public static JsonObject OfLines(string name, string color, string expression, string title, Link link) => new()
    {
        ["name"] = name,
        ["datasource"] = DataSource.Loki.Reference,
        ["enable"] = true,
        ["iconColor"] = color,
        ["expr"] = expression,
        ["queryType"] = "range",
        ["titleFormat"] = title,
        ["textFormat"] = $$$"""{{{{{Sentence}}}}}<br><a href="{{{link.Url}}}">{{{link.Title}}}</a>""",
        ["tagKeys"] = "service_name,process_pid",
        ["target"] = new JsonObject { ["expr"] = expression, ["queryType"] = "range", ["refId"] = "Annotation" },
    };

    /// <param name="name">What it is called at the top.</param>
    /// <param name="color">Of the mark.</param>
    /// <param name="expression">PromQL; a series marks from where it begins to where it ends.</param>
    public static JsonObject OfAlerts(string name, string color, string expression) => new()
    {
        ["name"] = name,
        ["datasource"] = DataSource.Prometheus.Reference,
        ["enable"] = true,
        ["iconColor"] = color,
        ["expr"] = expression,
        ["step"] = "60s",
        ["titleFormat"] = "{{alertname}}",
        ["textFormat"] = "{{service_name}} {{process_pid}}",
        ["tagKeys"] = "severity",
        ["target"] = new JsonObject { ["expr"] = expression, ["refId"] = "Annotation" },
    };
}
