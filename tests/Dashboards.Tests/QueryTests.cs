using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using HeapDrift.Collector.Metrics;
using HeapDrift.Dashboards.Reference;
using HeapDrift.Instrumentation;
using HeapDrift.TestKit;

namespace HeapDrift.Dashboards.Tests;

/// <summary>What the dashboards ask: it parses, and it asks for what HeapDrift sends.</summary>
public sealed partial class QueryTests
{
    private static readonly Asked[] All = [.. ShippedDashboard.All.SelectMany(dashboard => dashboard.Queries).Where(query => !query.IsTraceId)];

    /// <summary>Prometheus gives each series these, and the shipped rules each alert a severity.</summary>
    private static readonly string[] StandardLabels = ["job", "instance", "le", "alertname", "alertstate", "severity"];

    [Theory]
    [InlineData("promql", "sum(rate(a_total[5m]) by (x)")]
    [InlineData("promql", "")]
    [InlineData("logql", """{service_name=~} | json""")]
    [InlineData("traceql", "{ name = }")]
    public async Task AQueryThatIsWrongIsSeen(string language, string text) =>
        Assert.NotEmpty((await QueryParser.ParseAsync([new("here", language, text)]))[0].Errors);

    [Fact]
    public async Task EveryQueryParses()
    {
        IReadOnlyList<ParsedQuery> parsed = await QueryParser.ParseAsync(All);

        Assert.All(All.Zip(parsed), query => Assert.True(query.Second.Errors.Count == 0, $"{query.First}, at {string.Join(", ", query.Second.Errors)}"));
        Assert.Equal(["logql", "promql", "traceql"], All.Select(query => query.Language).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PrometheusItselfTakesEveryExpression()
    {
        var rules = new StringBuilder("groups:\n  - name: dashboards\n    rules:\n");
        foreach (Asked query in All.Where(query => query.Language == "promql"))
        {
            rules.Append(CultureInfo.InvariantCulture, $"      - record: dashboard:query:{Guid.NewGuid():N}\n        expr: |\n          {query.Sample}\n");
        }

        string file = Path.Join(Directory.CreateTempSubdirectory("heapdrift-queries-").FullName, "rules.yaml");
        await File.WriteAllTextAsync(file, rules.ToString(), TestContext.Current.CancellationToken);
        ProcessResult result = await ChildProcess.RunAsync(new ChildProcessStart("promtool", "check", "rules", file), TimeSpan.FromMinutes(1));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

        Assert.True(result.ExitCode == 0, result.Stdout + result.Stderr);
    }

    [Fact]
    public async Task EverySeriesAndLabelIsOneThatIsSent()
    {
        HashSet<string> metrics = [.. MetricLine.All.SelectMany(SeriesOf), "ALERTS"];
        HashSet<string> labels = [.. StandardLabels, .. WorkerLabels.Names.Concat(MetricLine.All.SelectMany(metric => metric.Labels)).Select(PrometheusName.Label)];
        Asked[] queries = [.. All.Where(query => query.Language == "promql")];

        foreach ((Asked query, ParsedQuery parsed) in queries.Zip(await QueryParser.ParseAsync(queries)))
        {
            Assert.All(parsed.Selectors, selector => Assert.True(metrics.Contains(selector.Metric ?? "none"), $"{selector.Metric} in {query}"));
            Assert.All(parsed.Selectors.SelectMany(selector => selector.Matchers.Keys).Concat(GroupedBy(query.Text)), label => Assert.True(labels.Contains(label), $"{label} in {query}"));
        }
    }

    [Fact]
    public void EveryFieldOfALogQueryIsAnAttributeThatIsSent()
    {
        HashSet<string> events = [.. Constants(typeof(TelemetryNames.Events))];
        HashSet<string> fields = [.. Constants(typeof(TelemetryNames.Attributes)).Select(PrometheusName.Label)];

        Assert.All(All.Where(query => query.Language == "logql"), query =>
        {
            Assert.All(EventNames().Matches(query.Text), match => Assert.Contains(match.Groups[1].Value, events));
            Assert.All(FieldNames().Matches(query.Text), match => Assert.Contains(match.Groups[1].Value, fields));
        });
    }

    /// <summary>Loki makes text of an array by Go's encoding/json, which escapes what HTML would take for a tag.</summary>
    [Fact]
    public void ThePathOfAFindingIsReadAsItIsWrittenInCSharp()
    {
        const string AsLokiHasIt = """["static Shop.Cache.Sessions","Dictionary\u003cString, Session\u003e","\u0026Session"]""";
        string story = All.Single(query => query.Language == "logql" && query.Text.Contains("line_format", StringComparison.Ordinal)).Text;
        string path = story.Split(".heapdrift_finding_path")[1].Split("}}")[0];
        string read = AsLokiHasIt.Trim('[', ']', '"');
        foreach (Match replace in Replacements().Matches(path))
        {
            read = read.Replace(Unquote(replace.Groups[1].Value), Unquote(replace.Groups[2].Value), StringComparison.Ordinal);
        }

        Assert.Equal("static Shop.Cache.Sessions\n     ->  Dictionary<String, Session>\n     ->  &Session", read);
    }

    [Fact]
    public async Task EveryNameInTheShippedRulesIsSent()
    {
        string rules = await File.ReadAllTextAsync(RepositoryPaths.File("dashboards", "prometheus", "heapdrift.rules.yaml"), TestContext.Current.CancellationToken);
        HashSet<string> known = [.. MetricLine.All.SelectMany(SeriesOf), .. WorkerLabels.Names.Concat(MetricLine.All.SelectMany(metric => metric.Labels)).Select(PrometheusName.Label)];
        string[] used = [.. OurNames().Matches(rules).Select(match => match.Value).Distinct()];

        Assert.InRange(used.Length, 8, 100);
        Assert.All(used, name => Assert.Contains(name, known));
    }

    /// <summary>A string of a Go template is written as one of JSON.</summary>
    private static string Unquote(string quoted) => System.Text.Json.JsonSerializer.Deserialize<string>(quoted)!;

    private static IEnumerable<string> SeriesOf(MetricLine metric) =>
        metric.IsHistogram ? [$"{metric.Prometheus}_bucket", $"{metric.Prometheus}_sum", $"{metric.Prometheus}_count"] : [metric.Prometheus];

    private static IEnumerable<string> GroupedBy(string query) =>
        Groupings().Matches(query).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<string> Constants(Type names) => new NameSummaries().Of(names).Select(name => name.Name);

    /// <summary>Names that rules record have a colon.</summary>
    [GeneratedRegex(@"(?<![\w:])(?:heapdrift|dotnet|process|service|k8s)_[a-z0-9_]+(?![\w:])")]
    private static partial Regex OurNames();

    [GeneratedRegex(@"\bby \(([^)]*)\)")]
    private static partial Regex Groupings();

    [GeneratedRegex(@"replace (""(?:[^""\\]|\\.)*"") (""(?:[^""\\]|\\.)*"")")]
    private static partial Regex Replacements();

    [GeneratedRegex("event_name=\"([^\"]+)\"")]
    private static partial Regex EventNames();

    /// <summary>Filters after the first bar, and fields of a template.</summary>
    [GeneratedRegex(@"(?:\| |\.)((?:heapdrift|code|process|event)_[a-z_]+)")]
    private static partial Regex FieldNames();
}
