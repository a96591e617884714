using System.Globalization;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>
/// docker-compose.yml without containers: its shop, its load, its rules on their own clock, its Alertmanager with a token, as real processes.
/// What changes is addresses and paths.
/// </summary>
public sealed class DemoLoopTests
{
    private const string Token = "demo-token-of-a-test";

    /// <summary>The rules need two minutes and a quarter.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);

    private static readonly ComposeFile Compose = ComposeFile.Shipped;

    /// <summary>As the load of the compose file: 100 orders a second, and often a new connection, so that each worker gets its share.</summary>
    private static readonly TimeSpan OrderInterval = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task TheLeakOfTheComposeFileIsFoundWithoutAHand()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("token"), Token, TestContext.Current.CancellationToken);
        await using AgentProcess agent = await AgentProcess.StartAsync(
            folder.File("reports"), new Dictionary<string, string?>(Settings("agent")) { ["HeapDrift__Alerts__BearerTokenFile"] = folder.File("token") }, "--window", "5s");
        await using Shop shop = await Shop.StartAsync(folder.Path, ShopSettings(), [.. Compose.Service("shop")["command"].Texts().Skip(2)]);
        int port = Shop.FreePort();
        await using ChildProcess alertmanager = Start(folder, agent, port, "alertmanager", "prometheus-alertmanager", "--storage.path", "--cluster.listen-address=");
        await using ChildProcess prometheus = Start(folder, agent, port, "prometheus", "prometheus", "--storage.tsdb.path", "--log.level=warn");
        using var done = new CancellationTokenSource();
        Task ordering = OrderAsync(shop, done.Token);
        try
        {
            JsonNode? found = null;
            await Eventually.HoldsAsync(
                async () => (found = (await agent.GetAsync("/api/captures")).AsArray().FirstOrDefault(line => (string?)line!["verdict"] == "managed-leak")) is not null,
                Deadline,
                "the demo's leak is found",
                () => agent.Process.Describe() + prometheus.Describe() + alertmanager.Describe());

            Assert.Equal("alert", (string?)found!["trigger"]!["kind"]);
            Assert.Equal("HeapDriftDemoLeak", (string?)found["trigger"]!["alertName"]);
            JsonNode report = await agent.GetAsync($"/api/captures/{found["captureId"]}");
            Assert.Equal("Shop.Session", (string?)report["findings"]![0]!["type"]);
        }
        finally
        {
            await done.CancelAsync();
            await ordering;
        }
    }

    /// <summary>What the compose file sets of HeapDrift and of the runtime; endpoints of containers are not there.</summary>
    private static Dictionary<string, string?> Settings(string service) => Compose.Service(service)["environment"]!.AsObject()
        .Where(variable => !variable.Key.StartsWith("OTEL_EXPORTER", StringComparison.Ordinal) && !variable.Key.EndsWith("Directory", StringComparison.Ordinal))
        .ToDictionary(variable => variable.Key, variable => (string?)variable.Value);

    private static Dictionary<string, string?> ShopSettings() => new(Settings("shop")) { ["HEAPDRIFT_AGENT"] = null };

    private static ChildProcess Start(TemporaryFolder folder, AgentProcess agent, int alertmanager, string service, string program, string storage, string further)
    {
        string home = Directory.CreateDirectory(folder.File(service)).FullName;
        Compose.CopyMounted(service, $"/etc/{service}", home);
        string config = Path.Join(home, $"{service}.yaml");
        File.WriteAllText(config, File.ReadAllText(config)
            .Replace("agent:9464", agent.Client.BaseAddress!.Authority, StringComparison.Ordinal)
            .Replace("alertmanager:9093", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{alertmanager}"), StringComparison.Ordinal)
            .Replace("/run/heapdrift/token", folder.File("token"), StringComparison.Ordinal));
        int port = service == "alertmanager" ? alertmanager : Shop.FreePort();
        return ChildProcess.Start(new ChildProcessStart(
            program, $"--config.file={config}", $"{storage}={Path.Join(home, "data")}", string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), further));
    }

    private static async Task OrderAsync(Shop shop, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = shop.Client.BaseAddress };
        client.DefaultRequestHeaders.ConnectionClose = true;
        using var timer = new PeriodicTimer(OrderInterval);
        while (!cancellationToken.IsCancellationRequested)
        {
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/orders", UriKind.Relative), null, CancellationToken.None);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
