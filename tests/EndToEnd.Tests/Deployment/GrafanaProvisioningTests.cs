using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>What Grafana is given at its start: data sources that lead to each other, and the dashboards.</summary>
public sealed partial class GrafanaProvisioningTests
{
    private static readonly string SourcesFile = RepositoryPaths.File("dashboards", "grafana", "provisioning", "datasources", "heapdrift.yaml");
    private static readonly JsonNode Sources = ShippedYaml.Parse(File.ReadAllText(SourcesFile));
    private static readonly JsonNode Provider = ShippedYaml.Load("dashboards", "grafana", "provisioning", "dashboards", "heapdrift.yaml")["providers"]!.AsArray().Single()!;

    [Fact]
    public void DataSourcesHaveFixedUidsAndReferToEachOther()
    {
        string[] uids = [.. Sources["datasources"]!.AsArray().Select(source => (string)source!["uid"]!)];

        Assert.Equal(["heapdrift-prometheus", "heapdrift-loki", "heapdrift-tempo", "heapdrift-alertmanager"], uids);
        Assert.All(Referred(Sources), uid => Assert.Contains(uid, uids));
        Assert.Equal(4, Referred(Sources).Count());
    }

    [Fact]
    public void DataSourcesAreServicesOfTheComposeFile() => Assert.All(
        Sources["datasources"]!.AsArray(), source => Assert.NotNull(ComposeFile.Shipped.Root["services"]![new Uri((string)source!["url"]!).Host]));

    [Fact]
    public void DollarsThatAreMeantForGrafanaAreWrittenTwice()
    {
        string text = string.Join('\n', File.ReadLines(SourcesFile).Where(line => !line.TrimStart().StartsWith('#')));

        Assert.NotEmpty(Escaped().Matches(text));
        Assert.Empty(Lonely().Matches(text));
    }

    [Fact]
    public void LinksGoByTheLabelThatOtlpGives()
    {
        JsonNode field = Source("heapdrift-loki")["jsonData"]!["derivedFields"]!.AsArray().Single()!;
        JsonNode logs = Source("heapdrift-tempo")["jsonData"]!["tracesToLogsV2"]!;

        Assert.Equal(("label", "trace_id", "$${__value.raw}"), ((string)field["matcherType"]!, (string)field["matcherRegex"]!, (string)field["url"]!));
        Assert.Equal(("true", "{$${__tags}} | trace_id=\"$${__trace.traceId}\""), ((string)logs["customQuery"]!, (string)logs["query"]!));
        Assert.Equal("trace_id", (string)Source("heapdrift-prometheus")["jsonData"]!["exemplarTraceIdDestinations"]!.AsArray().Single()!["name"]!);
    }

    [Fact]
    public void EveryDashboardIsMountedWhereGrafanaLooksAndCannotBeChangedThere()
    {
        string folder = (string)Provider["options"]!["path"]!;
        string[] mounted = [.. ComposeFile.Mounts(ComposeFile.Shipped.Service("grafana")).Where(mount => Path.GetDirectoryName(mount.Target) == folder).Select(mount => Path.GetFileName(mount.Source))];

        Assert.Equal(Directory.GetFiles(RepositoryPaths.File("dashboards", "grafana"), "*.json").Select(Path.GetFileName).Order(StringComparer.Ordinal), mounted.Order(StringComparer.Ordinal));
        Assert.Equal(("false", "HeapDrift"), ((string)Provider["allowUiUpdates"]!, (string)Provider["folder"]!));
        Assert.StartsWith(folder + "/", (string)ComposeFile.Shipped.Service("grafana")["environment"]!["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]!, StringComparison.Ordinal);
    }

    private static JsonNode Source(string uid) => Sources["datasources"]!.AsArray().Single(source => (string)source!["uid"]! == uid)!;

    private static IEnumerable<string> Referred(JsonNode? node) => node switch
    {
        JsonObject mapping => mapping.SelectMany(entry => entry.Key is "datasourceUid" or "alertmanagerUid" ? [(string)entry.Value!] : Referred(entry.Value)),
        JsonArray sequence => sequence.SelectMany(Referred),
        _ => [],
    };

    [GeneratedRegex(@"\$\$\{")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"(?<!\$)\$(?!\$)")]
    private static partial Regex Lonely();
}
