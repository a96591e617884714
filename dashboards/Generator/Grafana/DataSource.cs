using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>A data source that the person at the dashboard chooses, so that the dashboard fits any Grafana.</summary>
/// <param name="Type">Grafana's name of the plugin.</param>
/// <param name="Label">What the choice is called; dashboard-linter wants exactly this form.</param>
internal sealed record DataSource(string Type, string Label)
{
    public static readonly DataSource Prometheus = new("prometheus", "Prometheus data source");
    public static readonly DataSource Loki = new("loki", "Loki data source");
    public static readonly DataSource Tempo = new("tempo", "Tempo data source");

    /// <summary>As a template variable.</summary>
    public string Variable => $"{Type}_datasource";

    public JsonObject Reference => new() { ["type"] = Type, ["uid"] = $"${{{Variable}}}" };
}
