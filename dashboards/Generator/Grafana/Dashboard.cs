using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>A dashboard of the classic model, which Grafana provisions from files; its newer ones it does not (grafana/grafana#127928).</summary>
internal sealed record Dashboard(string Uid, string Title, string Description)
{
    /// <summary>The classic model's last, @grafana/schema 13.2.</summary>
    private const int SchemaVersion = 42;

    private const int Columns = 24;

    private const string Tag = "heapdrift";

    public required string From { get; init; }

    public required IReadOnlyList<JsonObject> Variables { get; init; }

    public required IReadOnlyList<JsonObject> Annotations { get; init; }

    public required IReadOnlyList<Section> Sections { get; init; }

    public JsonObject ToJson() => new()
    {
        ["uid"] = Uid,
        ["title"] = Title,
        ["description"] = Description,
        ["tags"] = Json.Strings(Tag),
        ["schemaVersion"] = SchemaVersion,

        // A change belongs into the generator.
        ["editable"] = false,
        ["graphTooltip"] = 1,
        ["refresh"] = "30s",
        ["time"] = new JsonObject { ["from"] = From, ["to"] = "now" },
        ["timezone"] = "",
        ["links"] = Json.Array(
        [
            new JsonObject
            {
                ["title"] = "HeapDrift",
                ["type"] = "dashboards",
                ["tags"] = Json.Strings(Tag),
                ["asDropdown"] = false,
                ["includeVars"] = true,
                ["keepTime"] = true,
            },
        ]),
        ["templating"] = new JsonObject { ["list"] = Json.Array(Variables) },
        ["annotations"] = new JsonObject { ["list"] = Json.Array(Annotations) },
        ["panels"] = Json.Array(Place()),
    };

    /// <summary>From left to right, as lines of text are.</summary>
    private IEnumerable<JsonObject> Place()
    {
        int id = 1;
        int y = 0;
        foreach (Section section in Sections)
        {
            yield return section.ToJson(id++, y++);
            int x = 0;
            int height = 0;
            foreach (Panel panel in section.Panels)
            {
                if (x + panel.Width > Columns)
                {
                    x = 0;
                    y += height;
                    height = 0;
                }

                yield return panel.ToJson(id++, x, y);
                x += panel.Width;
                height = Math.Max(height, panel.Height);
            }

            y += height;
        }
    }
}
