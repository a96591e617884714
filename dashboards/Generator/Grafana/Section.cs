using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>Panels under a heading.</summary>
internal sealed record Section(string Title, params IReadOnlyList<Panel> Panels)
{
    /// <summary>The heading alone.</summary>
    public JsonObject ToJson(int id, int y) => new()
    {
        ["id"] = id,
        ["type"] = "row",
        ["title"] = Title,
        ["collapsed"] = false,
        ["gridPos"] = new JsonObject { ["h"] = 1, ["w"] = 24, ["x"] = 0, ["y"] = y },
        ["panels"] = new JsonArray(),
    };
}
