using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>A panel of the classic model (schema version 42). Where it stands is for <see cref="Dashboard"/> to say.</summary>
/// <param name="Type">Grafana's name of the visualisation.</param>
/// <param name="Title">Short.</param>
/// <param name="Description">What it shows, and what bad looks like.</param>
internal sealed record Panel(string Type, string Title, string Description)
{
    public int Width { get; init; } = 12;

    public int Height { get; init; } = 8;

    /// <summary>One of Grafana's units.</summary>
    public string Unit { get; init; } = "short";

    /// <summary>The shortest interval that one point stands for; null: as Grafana thinks fit.</summary>
    public string? Interval { get; init; }

    public required IReadOnlyList<Query> Queries { get; init; }

    /// <summary>At the top of the panel.</summary>
    public required IReadOnlyList<Link> Links { get; init; }

    /// <summary>At each value.</summary>
    public IReadOnlyList<Link> DataLinks { get; init; } = [];

    /// <summary>Of the visualisation.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>Of the fields, those of the visualisation in <c>custom</c>.</summary>
    public JsonObject Defaults { get; init; } = [];

    public IReadOnlyList<JsonObject> Overrides { get; init; } = [];

    public IReadOnlyList<JsonObject> Transformations { get; init; } = [];

    public JsonObject ToJson(int id, int x, int y)
    {
        var defaults = (JsonObject)Defaults.DeepClone();
        defaults["unit"] = Unit;
        if (DataLinks.Count > 0)
        {
            defaults["links"] = Json.Array(DataLinks.Select(link => link.ToJson()));
        }

        var json = new JsonObject
        {
            ["id"] = id,
            ["type"] = Type,
            ["title"] = Title,
            ["description"] = Description,
            ["gridPos"] = new JsonObject { ["h"] = Height, ["w"] = Width, ["x"] = x, ["y"] = y },
            ["datasource"] = Queries[0].Source.Reference,
            ["targets"] = Json.Array(Queries.Select((query, index) => query.ToJson(index))),
            ["links"] = Json.Array(Links.Select(link => link.ToJson())),
            ["fieldConfig"] = new JsonObject { ["defaults"] = defaults, ["overrides"] = Json.Array(Overrides) },
            ["options"] = Options.DeepClone(),
        };
        if (Interval is not null)
        {
            json["interval"] = Interval;
        }

        if (Transformations.Count > 0)
        {
            json["transformations"] = Json.Array(Transformations);
        }

        return json;
    }
}
