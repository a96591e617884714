using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Grafana;

/// <summary>What the person at the dashboard chooses at its top.</summary>
internal static class Variable
{
    public static JsonObject Choose(DataSource source) => new()
    {
        ["name"] = source.Variable,
        ["label"] = source.Label,
        ["type"] = "datasource",
        ["query"] = source.Type,
        ["refresh"] = 1,
    };

    /// <summary>All values of a Prometheus label.</summary>
    /// <param name="name">Of the variable.</param>
    /// <param name="title">Beside the choice.</param>
    /// <param name="series">Where the label is looked for.</param>
    /// <param name="label">The label.</param>
    /// <param name="isOptional">Whether all of them are also the series that do not have it.</param>
    public static JsonObject Label(string name, string title, string series, string label, bool isOptional = false)
    {
        JsonObject variable = Values(name, title, DataSource.Prometheus, $"label_values({series}, {label})");
        if (isOptional)
        {
            variable["allValue"] = ".*";
        }

        return variable;
    }

    /// <summary>All services that have sent logs.</summary>
    public static JsonObject ServicesOfLogs()
    {
        JsonObject variable = Values("service", "Service", DataSource.Loki, "");
        variable["query"] = new JsonObject { ["label"] = "service_name", ["refId"] = "services", ["stream"] = "", ["type"] = 1 };
        return variable;
    }

    /// <summary>For what links fill in.</summary>
    public static JsonObject Text(string name, string title, string description, string value) => new()
    {
        ["name"] = name,
        ["label"] = title,
        ["description"] = description,
        ["type"] = "textbox",
        ["query"] = value,
        ["current"] = new JsonObject { ["text"] = value, ["value"] = value },
    };

    private static JsonObject Values(string name, string title, DataSource source, string query) => new()
    {
        ["name"] = name,
        ["label"] = title,
        ["type"] = "query",
        ["datasource"] = source.Reference,
        ["query"] = query,
        ["definition"] = query,

        // With the time range: workers come and go.
        ["refresh"] = 2,
        ["sort"] = 1,
        ["multi"] = true,
        ["includeAll"] = true,
        ["allValue"] = ".+",
        ["current"] = new JsonObject { ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") },
    };
}
