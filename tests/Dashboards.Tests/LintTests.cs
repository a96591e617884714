using System.Text.Json.Nodes;

namespace HeapDrift.Dashboards.Tests;

/// <summary>The rules of Grafana's dashboard-linter, all of them and none excluded (grafana/dashboard-linter, docs/index.md).</summary>
public sealed class LintTests
{
    /// <summary>Those panels that the linter looks at.</summary>
    private static readonly string[] Linted = ["stat", "gauge", "timeseries", "state-timeline"];

    /// <summary>Of Grafana's list (packages/grafana-data/src/valueFormats/categories.ts), those that are used here.</summary>
    private static readonly string[] Units = ["none", "string", "short", "percentunit", "bytes", "binBps", "s", "cps"];

    public static TheoryData<string> Names { get; } = [.. ShippedDashboard.All.Select(dashboard => dashboard.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void DataSourcesAreChosenUnderTheirUsualNames(string name)
    {
        JsonObject[] sources = [.. Find(name).Variables.Where(variable => Is(variable, "datasource"))];

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.Equal($"{source["query"]}_datasource", (string?)source["name"]));
        Assert.All(sources, source => Assert.Equal($"{Capital((string)source["query"]!)} data source", (string?)source["label"]));
    }

    [Theory]
    [InlineData("job", "Job")]
    [InlineData("instance", "Instance")]
    public void DashboardsOfMetricsChooseJobAndInstance(string variable, string label) => Assert.All(OfMetrics(), dashboard =>
    {
        JsonObject chosen = Assert.Single(dashboard.Variables, each => (string?)each["name"] == variable);
        Assert.Equal(("query", label, ".+"), ((string?)chosen["type"], (string?)chosen["label"], (string?)chosen["allValue"]));
        Assert.True((bool)chosen["multi"]!);
        Assert.Equal("${prometheus_datasource}", (string?)chosen["datasource"]!["uid"]);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void VariablesFollowTheTimeRange(string name) =>
        Assert.All(Find(name).Variables.Where(variable => Is(variable, "query")), variable => Assert.Equal(2, (int?)variable["refresh"]));

    [Fact]
    public async Task QueriesOfVariablesAreLabelValuesOfASelector()
    {
        Asked[] selectors =
        [
            .. from dashboard in OfMetrics()
               from variable in dashboard.Variables
               where Is(variable, "query")
               let text = (string)variable["query"]!
               select new Asked($"{dashboard.Name}, {variable["name"]}", "promql", text.StartsWith("label_values(", StringComparison.Ordinal) ? text["label_values(".Length..text.LastIndexOf(',')] : ""),
        ];

        Assert.All(selectors.Zip(await QueryParser.ParseAsync(selectors)), parsed => Assert.True(parsed.Second.Errors.Count == 0, parsed.First.ToString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryPanelAsksAChosenDataSource(string name)
    {
        HashSet<string> chosen = [.. Find(name).Variables.Where(variable => Is(variable, "datasource")).Select(variable => $"${{{variable["name"]}}}")];

        Assert.All(Find(name).Panels, panel =>
        {
            Assert.Contains((string)panel["datasource"]!["uid"]!, chosen);
            Assert.NotEmpty(panel["targets"]!.AsArray());
            Assert.All(panel["targets"]!.AsArray(), target => Assert.Contains((string)target!["datasource"]!["uid"]!, chosen));
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryPanelHasATitleADescriptionAndAUnit(string name) => Assert.All(Find(name).Panels, panel =>
    {
        Assert.False(string.IsNullOrWhiteSpace((string?)panel["title"]));
        Assert.InRange(((string?)panel["description"] ?? "").Length, 20, 400);
        Assert.Contains((string?)panel["fieldConfig"]!["defaults"]!["unit"] ?? "", Units);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void NobodyEditsThemInGrafana(string name) => Assert.False((bool)Find(name).Json["editable"]!);

    [Fact]
    public async Task EverySelectorIsOfTheChosenJobAndInstance()
    {
        Asked[] queries = Panels();

        foreach ((Asked query, ParsedQuery parsed) in queries.Zip(await QueryParser.ParseAsync(queries)))
        {
            Assert.All(parsed.Selectors, selector => Assert.True(
                selector.Matchers.GetValueOrDefault("job") == "=~$job" && selector.Matchers.GetValueOrDefault("instance") == "=~$instance", query.ToString()));
        }
    }

    [Fact]
    public async Task RatesAreOfGrafanasRateIntervalAndCountersAreNeverShownAsTheyAre()
    {
        Asked[] queries = [.. Panels().Select(query => query with { Text = query.Text.Replace("$__rate_interval", "77s", StringComparison.Ordinal) })];

        foreach ((Asked query, ParsedQuery parsed) in queries.Zip(await QueryParser.ParseAsync(queries)))
        {
            Assert.All(parsed.Selectors, selector =>
            {
                string nearest = selector.Functions.FirstOrDefault("");
                Assert.True(nearest is not ("rate" or "irate") || selector.Range == "77s", query.ToString());
                Assert.True(selector.Metric?.EndsWith("_total", StringComparison.Ordinal) != true || (nearest is "rate" or "irate" or "increase" && selector.Range is not null), query.ToString());
            });
        }
    }

    [Fact]
    public void RangesOfLogQueriesAreGrafanasOwn() => Assert.All(
        ShippedDashboard.All.SelectMany(dashboard => dashboard.Queries).Where(query => query.Language == "logql"),
        query => Assert.DoesNotMatch(@"\[[0-9]+[smhd]\]", query.Text));

    /// <summary>The linter looks at the first data source: these are Prometheus' own.</summary>
    private static IEnumerable<ShippedDashboard> OfMetrics() =>
        ShippedDashboard.All.Where(dashboard => (string?)dashboard.Variables.First(variable => Is(variable, "datasource"))["query"] == "prometheus");

    private static Asked[] Panels() =>
    [
        .. from dashboard in OfMetrics()
           from panel in dashboard.Panels
           where Linted.Contains((string)panel["type"]!) || (string?)panel["type"] == "table"
           from target in panel["targets"]!.AsArray()
           where (string?)target!["datasource"]!["type"] == "prometheus"
           select new Asked($"{dashboard.Name}, {panel["title"]}", "promql", (string)target["expr"]!),
    ];

    private static ShippedDashboard Find(string name) => ShippedDashboard.All.Single(dashboard => dashboard.Name == name);

    private static bool Is(JsonObject variable, string type) => (string?)variable["type"] == type;

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
