using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>Shorthands.</summary>
internal static class Json
{
    /// <summary>Of copies: a node of JSON stands in one place only.</summary>
    public static JsonArray Array(IEnumerable<JsonNode> items) => [.. items.Select(item => item.DeepClone())];

    public static JsonArray Strings(params IEnumerable<string> items) => [.. items.Select(item => (JsonNode)item)];
}
