using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>From a leak to the finding with real Prometheus and Alertmanager (Debian packages), and no hand touching anything.</summary>
public sealed partial class AlertLoopTests
{
    /// <summary>
    /// What a minute of the shipped rules lasts here; the alert needs 50 minutes. Memory is read every 2 s, of which the rules' windows of
    /// 10 minutes must hold many: growth is no steadier than the reading.
    /// </summary>
    private const int SecondsPerMinute = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);

    /// <summary>
    /// 300 orders a second leak about 700 KB a second. With a small budget for generation 0 (in hexadecimal) garbage is collected at once: on the
    /// fast clock it would take as long to come and go as the rules look back.
    /// </summary>
    private static readonly Dictionary<string, string?> Leaking = new() { ["HEAPDRIFT_AGENT"] = null, ["OTEL_SERVICE_NAME"] = "loop-shop", ["DOTNET_GCgen0size"] = "200000" };
    private static readonly TimeSpan OrderInterval = TimeSpan.FromMilliseconds(100);
    private const int OrdersPerSecond = 300;
    private const int OrdersAtOnce = 4;

    [Fact]
    public async Task ALeakFiresTheShippedRuleAndItsFindingArrivesWithTheAlertsName()
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(
            folder.File("reports"),
            new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.HttpEndpoint.ToString(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", [AgentProcess.Services] = "loop-shop",

                // A read on a busy machine would be paid for longer than the windows of the fast clock last.
                ["HeapDrift__Watch__MostReadShare"] = "0.01",
                ["HeapDrift__Watch__ReadInterval"] = "00:00:02",
            },
            "--window",
            "5s");
        await using Shop shop = await Shop.StartAsync(folder.Path, Leaking);
        int port = Shop.FreePort();
        await using ChildProcess alertmanager = StartAlertmanager(folder, agent, port);
        await using ChildProcess prometheus = StartPrometheus(folder, agent, port);
        await shop.SwitchOnAsync("session-cache");

        using var done = new CancellationTokenSource();
        Task leaking = LeakAsync(shop, done.Token);
        try
        {
            JsonNode? line = null;
            await Eventually.HoldsAsync(
                async () => (line = (await agent.GetAsync("/api/captures")).AsArray().FirstOrDefault(line => (string?)line!["state"] == "ended" && (string?)line["verdict"] == "managed-leak")) is not null,
                Deadline,
                "the alert leads to a finding",
                () => agent.Process.Describe() + prometheus.Describe() + alertmanager.Describe());
            string fingerprint = (string)line!["trigger"]!["alertFingerprint"]!;
            await Eventually.HoldsAsync(
                () => receiver.Logs.Any(log => log.EventName == "heapdrift.finding") && receiver.Spans.Any(span => span.Name == "heapdrift.capture"),
                HeapDriftTool.Deadline,
                "the finding arrives",
                agent.Process.Describe);
            ReceivedSpan span = receiver.Spans.First(span => span.Name == "heapdrift.capture");

            Assert.Equal("alert", (string?)line["trigger"]!["kind"]);
            Assert.Equal("HeapDriftLeakSuspected", span.Attributes["heapdrift.alert.name"]);
            Assert.Equal(fingerprint, span.Attributes["heapdrift.alert.fingerprint"]);
            Assert.Equal("loop-shop", span.Resource["service.name"]);
            Assert.Equal((long)shop.Process.Id, span.Resource["process.pid"]);
        }
        finally
        {
            await done.CancelAsync();
            await leaking;
        }
    }

    /// <summary>By the clock, so that the rate holds on a busy machine too.</summary>
    private static async Task LeakAsync(Shop shop, CancellationToken cancellationToken)
    {
        var elapsed = Stopwatch.StartNew();
        long sent = 0;
        using var timer = new PeriodicTimer(OrderInterval);
        while (!cancellationToken.IsCancellationRequested)
        {
            int due = (int)((elapsed.Elapsed.TotalSeconds * OrdersPerSecond) - sent);
            await Task.WhenAll(Enumerable.Range(0, OrdersAtOnce).Select(_ => shop.OrderAsync(due / OrdersAtOnce)));
            sent += due / OrdersAtOnce * OrdersAtOnce;
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static ChildProcess StartAlertmanager(TemporaryFolder folder, AgentProcess agent, int port)
    {
        string config = File.ReadAllText(RepositoryPaths.File("dashboards", "prometheus", "alertmanager.yaml"))
            .Replace("http://127.0.0.1:9464/", agent.Client.BaseAddress!.ToString(), StringComparison.Ordinal)
            .Replace("group_wait: 5s", "group_wait: 1s", StringComparison.Ordinal);
        File.WriteAllText(folder.File("alertmanager.yaml"), config);
        return ChildProcess.Start(new ChildProcessStart(
            "prometheus-alertmanager",
            $"--config.file={folder.File("alertmanager.yaml")}",
            $"--storage.path={folder.File("alertmanager")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
            "--cluster.listen-address="));
    }

    private static ChildProcess StartPrometheus(TemporaryFolder folder, AgentProcess agent, int alertmanager)
    {
        string shipped = RepositoryPaths.File("dashboards", "prometheus");
        File.WriteAllText(folder.File("heapdrift.rules.yaml"), Hurry(File.ReadAllText(Path.Join(shipped, "heapdrift.rules.yaml"))));
        string config = File.ReadAllText(Path.Join(shipped, "prometheus.yaml"))
            .Replace("127.0.0.1:9464", agent.Client.BaseAddress!.Authority, StringComparison.Ordinal)
            .Replace("127.0.0.1:9093", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{alertmanager}"), StringComparison.Ordinal)
            .Replace("15s", "1s", StringComparison.Ordinal)
            .Replace("30s", "1s", StringComparison.Ordinal);
        File.WriteAllText(folder.File("prometheus.yaml"), config);
        return ChildProcess.Start(new ChildProcessStart(
            "prometheus",
            $"--config.file={folder.File("prometheus.yaml")}",
            $"--storage.tsdb.path={folder.File("prometheus")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{Shop.FreePort()}"),
            "--log.level=warn"));
    }

    /// <summary>The same expressions on a faster clock.</summary>
    private static string Hurry(string rules) => Minutes()
        .Replace(rules, match => string.Create(CultureInfo.InvariantCulture, $"{int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * SecondsPerMinute}s"))
        .Replace("interval: 30s", "interval: 1s", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(\d+)m\b")]
    private static partial Regex Minutes();
}
