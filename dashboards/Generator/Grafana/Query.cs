using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>What a panel asks its data source.</summary>
internal sealed record Query(DataSource Source, JsonObject Fields)
{
    /// <param name="expression">PromQL.</param>
    /// <param name="legend">With labels as <c>{{label}}</c>.</param>
    /// <param name="exemplars">Shows the trace of a capture as a dot: only counters and histograms have them.</param>
    public static Query Series(string expression, string legend, bool exemplars = false) => new(DataSource.Prometheus, new()
    {
        ["expr"] = expression,
        ["legendFormat"] = legend,
        ["range"] = true,
        ["exemplar"] = exemplars,
    });

    /// <summary>The newest value of each series, as a table.</summary>
    public static Query Now(string expression) => new(DataSource.Prometheus, new()
    {
        ["expr"] = expression,
        ["format"] = "table",
        ["instant"] = true,
        ["range"] = false,
    });

    /// <param name="expression">LogQL that gives lines.</param>
    public static Query Lines(string expression) => new(DataSource.Loki, new()
    {
        ["expr"] = expression,
        ["queryType"] = "range",
        ["maxLines"] = 200,
    });

    /// <param name="query">TraceQL, or the id of a trace.</param>
    public static Query Traces(string query) => new(DataSource.Tempo, new()
    {
        ["query"] = query,
        ["queryType"] = "traceql",
        ["tableType"] = "traces",
        ["limit"] = 20,
    });

    /// <param name="index">Of this query in its panel: A, B, C.</param>
    public JsonObject ToJson(int index)
    {
        var json = (JsonObject)Fields.DeepClone();
        json["datasource"] = Source.Reference;
        json["refId"] = RefId(index);
        return json;
    }

    public static string RefId(int index) => ((char)('A' + index)).ToString();
}
