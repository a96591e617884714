using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>How the columns of a table and the series of a graph look.</summary>
internal static class Fields
{
    /// <summary>One field apart from the others.</summary>
    public static JsonObject Override(string field, params IEnumerable<(string Property, JsonNode Value)> properties) => new()
    {
        ["matcher"] = new JsonObject { ["id"] = "byName", ["options"] = field },
        ["properties"] = Json.Array(properties.Select(each => new JsonObject { ["id"] = each.Property, ["value"] = each.Value })),
    };

    /// <summary>A column with a name for people. The field keeps its own, which links use.</summary>
    public static JsonObject Column(string field, string title, params IEnumerable<(string Property, JsonNode Value)> properties) =>
        Override(field, [("displayName", title), .. properties]);

    public static (string Property, JsonNode Value) Unit(string unit) => ("unit", unit);

    public static (string Property, JsonNode Value) Width(int pixels) => ("custom.width", pixels);

    public static (string Property, JsonNode Value) Links(params IEnumerable<Link> links) => ("links", Json.Array(links.Select(link => link.ToJson())));

    public static (string Property, JsonNode Value) Mapped(params IEnumerable<(string Value, string Text, string Color)> words) => ("mappings", Mappings(words));

    /// <summary>Values as words.</summary>
    public static JsonArray Mappings(params IEnumerable<(string Value, string Text, string Color)> words)
    {
        var options = new JsonObject();
        foreach (((string value, string text, string color), int index) in words.Select((word, index) => (word, index)))
        {
            options[value] = new JsonObject { ["text"] = text, ["color"] = color, ["index"] = index };
        }

        return Json.Array([new JsonObject { ["type"] = "value", ["options"] = options }]);
    }

    /// <summary>Colours from a value on; the first is for what lies below.</summary>
    public static JsonObject Thresholds(string lowest, params IEnumerable<(double From, string Color)> steps) => new()
    {
        ["mode"] = "absolute",
        ["steps"] = Json.Array(
        [
            new JsonObject { ["color"] = lowest, ["value"] = null },
            .. steps.Select(step => new JsonObject { ["color"] = step.Color, ["value"] = step.From }),
        ]),
    };
}
