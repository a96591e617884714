using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.Dashboards.Tests;

/// <summary>A file of dashboards/grafana as Grafana reads it.</summary>
internal sealed class ShippedDashboard
{
    private ShippedDashboard(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        Json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
    }

    public static IReadOnlyList<ShippedDashboard> All { get; } =
        [.. Directory.GetFiles(RepositoryPaths.File("dashboards", "grafana"), "*.json").Order(StringComparer.Ordinal).Select(path => new ShippedDashboard(path))];

    public string Name { get; }

    public JsonObject Json { get; }

    public string Uid => (string)Json["uid"]!;

    /// <summary>Without the headings.</summary>
    public IEnumerable<JsonObject> Panels => Json["panels"]!.AsArray().Select(panel => panel!.AsObject()).Where(panel => (string?)panel["type"] != "row");

    public IEnumerable<JsonObject> Variables => Json["templating"]!["list"]!.AsArray().Select(variable => variable!.AsObject());

    /// <summary>Of panels and annotations.</summary>
    public IEnumerable<Asked> Queries =>
    [
        .. from panel in Panels
           from target in panel["targets"]!.AsArray()
           select Of($"{Name}, {panel["title"]}", target!),
        .. from annotation in Json["annotations"]!["list"]!.AsArray()
           select Of($"{Name}, annotation {annotation!["name"]}", annotation),
    ];

    private static Asked Of(string place, JsonNode target) => (string?)target["datasource"]!["type"] switch
    {
        "prometheus" => new(place, "promql", (string)target["expr"]!),
        "loki" => new(place, "logql", (string)target["expr"]!),
        "tempo" => new(place, "traceql", (string)target["query"]!),
        var other => throw new InvalidDataException($"{place} asks {other}"),
    };
}
