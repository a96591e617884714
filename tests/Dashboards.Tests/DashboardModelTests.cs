using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.Dashboards.Grafana;

namespace HeapDrift.Dashboards.Tests;

/// <summary>What the linter does not look at.</summary>
public sealed partial class DashboardModelTests
{
    private static readonly string[] BuiltIn = ["__url_time_range", "__from", "__to", "__org.id", "__rate_interval", "__range"];

    /// <summary>Where a Grafana would write what it knew when it exported.</summary>
    private static readonly string[] ExportNoise = ["id", "version", "iteration", "__inputs", "__elements", "__requires", "gnetId", "pluginVersion"];

    public static TheoryData<string> Names { get; } = [.. ShippedDashboard.All.Select(dashboard => dashboard.Name)];

    [Fact]
    public void TheThreeDashboardsHaveFixedUids() =>
        Assert.Equal([Uids.Capture, Uids.Fleet, Uids.Worker], ShippedDashboard.All.Select(dashboard => dashboard.Uid));

    [Theory]
    [MemberData(nameof(Names))]
    public void ItIsTheClassicModelWithoutExportNoise(string name)
    {
        JsonObject json = Find(name).Json;

        Assert.Equal(42, (int?)json["schemaVersion"]);
        Assert.DoesNotContain(json, property => ExportNoise.Contains(property.Key));
        Assert.All(Find(name).Panels, panel => Assert.DoesNotContain("pluginVersion", panel));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PanelsHaveTheirOwnIdsAndPlaces(string name)
    {
        JsonNode[] panels = [.. Find(name).Json["panels"]!.AsArray().Select(panel => panel!)];
        (int X, int Y)[] cells = [.. panels.SelectMany(panel => Cells(panel["gridPos"]!))];

        Assert.Equal(panels.Length, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        Assert.Equal(cells.Length, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.X, 0, 23));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryPanelLinksOnWithTheTimeRange(string name) => Assert.All(Find(name).Panels, panel =>
    {
        JsonArray links = panel["links"]!.AsArray();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.Contains("${__url_time_range}", (string)link!["url"]!, StringComparison.Ordinal));
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryLinkLeadsToADashboardThatHasWhatItSets(string name) => Assert.All(Links(Find(name)), url =>
    {
        if (DashboardLink().Match(url) is not { Success: true } target)
        {
            Assert.StartsWith("/explore?schemaVersion=1&", url, StringComparison.Ordinal);
            return;
        }

        ShippedDashboard there = Assert.Single(ShippedDashboard.All, dashboard => dashboard.Uid == target.Groups[1].Value);
        HashSet<string> variables = [.. there.Variables.Select(variable => (string)variable["name"]!)];
        Assert.All(SetVariables().Matches(url), match => Assert.Contains(match.Groups[1].Value, variables));
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryVariableThatIsUsedExists(string name)
    {
        HashSet<string> known = [.. BuiltIn, .. Find(name).Variables.Select(variable => (string)variable["name"]!)];

        Assert.All(
            UsedVariables().Matches(Find(name).Json.ToJsonString()).Select(match => match.Groups[1].Value).Where(variable => !variable.StartsWith("__data.", StringComparison.Ordinal) && !variable.StartsWith("__field.", StringComparison.Ordinal) && variable != "__all"),
            variable => Assert.Contains(variable, known));
    }

    [Fact]
    public void TheTraceLinkIsAPaneOfExploreThatJsonCanRead()
    {
        string panes = Uri.UnescapeDataString(Link.ToTraceOfRow.Url.Split("panes=")[1]);
        JsonNode pane = JsonNode.Parse(panes)!["trace"]!;

        Assert.Equal("${tempo_datasource}", (string?)pane["datasource"]);
        Assert.Equal("${__data.fields.trace_id}", (string?)pane["queries"]![0]!["query"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ColumnsThatAreNamedAreAskedFor(string name) => Assert.All(
        Find(name).Panels.Where(panel => panel["transformations"]?.AsArray().ElementAtOrDefault(1)?["options"]?["include"] is not null),
        panel =>
        {
            HashSet<string> kept = [.. panel["transformations"]![1]!["options"]!["include"]!["names"]!.AsArray().Select(column => (string)column!)];
            Assert.All(panel["fieldConfig"]!["overrides"]!.AsArray(), each => Assert.Contains((string)each!["matcher"]!["options"]!, kept));
            Assert.All(DataFields().Matches(panel["fieldConfig"]!.ToJsonString()), match => Assert.Contains(match.Groups[1].Value, kept));
        });

    private static IEnumerable<string> Links(ShippedDashboard dashboard) =>
        LinkUrls().Matches(dashboard.Json.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })).Select(match => match.Groups[1].Value);

    private static IEnumerable<(int X, int Y)> Cells(JsonNode place) =>
        from x in Enumerable.Range((int)place["x"]!, (int)place["w"]!)
        from y in Enumerable.Range((int)place["y"]!, (int)place["h"]!)
        select (x, y);

    private static ShippedDashboard Find(string name) => ShippedDashboard.All.Single(dashboard => dashboard.Name == name);

    [GeneratedRegex("^/d/([a-z-]+)\\?")]
    private static partial Regex DashboardLink();

    [GeneratedRegex("var-([a-z_]+)=")]
    private static partial Regex SetVariables();

    [GeneratedRegex("\"url\":\"([^\"]+)\"")]
    private static partial Regex LinkUrls();

    [GeneratedRegex(@"\$\{?([a-zA-Z_][a-zA-Z_.]*)(?::[a-z]+)?\}?")]
    private static partial Regex UsedVariables();

    [GeneratedRegex(@"__data\.fields\.([a-z_]+)")]
    private static partial Regex DataFields();
}
