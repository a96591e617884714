using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>From what a data source answers to what a table shows.</summary>
internal static class Transformation
{
    /// <summary>One row from the instant queries that have the same labels.</summary>
    public static JsonObject Merge() => Of("merge", []);

    /// <summary>
    /// Each log line's labels and structured metadata as columns: Loki gives them as one object a line. Only the named ones are kept, in this order.
    /// </summary>
    /// <param name="columns">Labels, or <c>Time</c> and <c>Line</c>.</param>
    /// <param name="numbers">Those of them that Loki, which stores text, gives as text.</param>
    public static IReadOnlyList<JsonObject> Columns(IReadOnlyList<string> columns, params IReadOnlyList<string> numbers) =>
    [
        Of("extractFields", new() { ["source"] = "labels", ["format"] = "json", ["replace"] = false, ["keepTime"] = false }),
        Of("filterFieldsByName", new() { ["include"] = new JsonObject { ["names"] = Json.Strings(columns) } }),
        Of("convertFieldType", new()
        {
            ["fields"] = new JsonObject(),
            ["conversions"] = Json.Array(numbers.Select(field => new JsonObject { ["targetField"] = field, ["destinationType"] = "number" })),
        }),
        Order(columns),
    ];

    /// <summary>Columns in this order, the hidden ones left out.</summary>
    public static JsonObject Order(IReadOnlyList<string> columns, params IReadOnlyList<string> hidden)
    {
        var order = new JsonObject();
        foreach ((string column, int index) in columns.Select((column, index) => (column, index)))
        {
            order[column] = index;
        }

        var excluded = new JsonObject();
        foreach (string column in hidden)
        {
            excluded[column] = true;
        }

        return Of("organize", new() { ["indexByName"] = order, ["excludeByName"] = excluded, ["renameByName"] = new JsonObject() });
    }

    public static JsonObject SortBy(string field, bool descending) =>
        Of("sortBy", new() { ["fields"] = new JsonObject(), ["sort"] = Json.Array([new JsonObject { ["field"] = field, ["desc"] = descending }]) });

    private static JsonObject Of(string id, JsonObject options) => new() { ["id"] = id, ["options"] = options };
}
