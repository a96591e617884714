using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.Dashboards.Reference;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>The shipped dashboards on the figures of a real agent, asked of a real Prometheus (Debian package).</summary>
public sealed partial class DashboardTests
{
    /// <summary>A scrape a second: several are in each of Grafana's intervals.</summary>
    private const string RateInterval = "20s";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Longer the capture is not in the interval of a rate.</summary>
    private static readonly TimeSpan RateDeadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task TheMetricsOfTheReferenceAreThoseThatARunningAgentExports()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAgentAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await CaptureAsync(agent, worker);

        string exposition = await agent.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Dictionary<string, string> exported = TypeLines().Matches(exposition).ToDictionary(line => line.Groups[1].Value, line => line.Groups[2].Value);

        Assert.Equal(MetricLine.All.Select(metric => metric.Prometheus).Order(StringComparer.Ordinal), exported.Keys.Order(StringComparer.Ordinal));
        Assert.All(MetricLine.All, metric => Assert.Equal(
            metric.IsHistogram ? "histogram" : metric.KindInWords == "counter" ? "counter" : "gauge", exported[metric.Prometheus]));
        Assert.All(MetricLine.All.Where(metric => !IsOfALimit(metric.Prometheus)), metric => Assert.Contains($"\n{metric.Prometheus}", exposition, StringComparison.Ordinal));
        Assert.All(MetricLine.All.SelectMany(metric => metric.Labels), label => Assert.Contains($"{label.Replace('.', '_')}=\"", exposition, StringComparison.Ordinal));
    }

    [Fact]
    public async Task EveryGraphShowsSomethingOfARealWorker()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAgentAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        int port = Shop.FreePort();
        await using ChildProcess prometheus = StartPrometheus(folder, agent, port);
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        await HasScrapedAsync(client, prometheus);
        await CaptureAsync(agent, worker);
        await worker.LeakAsync(20_000);
        await worker.CollectAsync();

        (string Panel, string Expression)[] queries = [.. Queries(worker.Id)];
        Assert.InRange(queries.Length, 30, 100);
        string empty = "";
        await Eventually.HoldsAsync(
            async () => (empty = await EmptyAsync(client, queries)).Length == 0,
            Deadline,
            "every panel has figures",
            () => empty + prometheus.Describe());
    }

    /// <summary>Captures are rare: what only the second of a kind would show is never seen.</summary>
    [Fact]
    public async Task TheFirstCaptureOfAnAgentIsSeenByEveryPanelAboutCaptures()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAgentAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        int port = Shop.FreePort();
        await using ChildProcess prometheus = StartPrometheus(folder, agent, port);
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        await HasScrapedAsync(client, prometheus);
        (string Panel, string Expression)[] queries = [.. Queries(worker.Id).Where(query => query.Expression.Contains("heapdrift_capture", StringComparison.Ordinal) && !query.Expression.Contains("undelivered", StringComparison.Ordinal))];
        Assert.Equal(4, queries.Length);
        await agent.WatchesAsync(worker.Id);

        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        await agent.EndedAsync(line => (string?)line["captureId"] == id);

        string unseen = "";
        await Eventually.HoldsAsync(
            async () =>
            {
                var missing = new List<string>();
                foreach ((string panel, string expression) in queries)
                {
                    if (!(await ValuesAsync(client, expression)).Any(value => value > 0))
                    {
                        missing.Add($"{panel}: {expression}");
                    }
                }

                unseen = string.Join('\n', missing);
                return missing.Count == 0;
            },
            RateDeadline,
            "the capture is seen",
            () => unseen + prometheus.Describe());
    }

    /// <summary>What was counted before the first scrape is no increase.</summary>
    private static Task HasScrapedAsync(HttpClient client, ChildProcess prometheus) => Eventually.HoldsAsync(
        async () => (await ValuesAsync(client, "count_over_time(up[1m]) > 2")).Length == 1, Deadline, "the agent has been scraped", prometheus.Describe);

    /// <summary>What a query gives right now; NaN is not more than anything.</summary>
    private static async Task<double[]> ValuesAsync(HttpClient client, string expression)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(expression)}", UriKind.Relative));
            JsonNode? body = await answer.Content.ReadFromJsonAsync<JsonNode>();
            return [.. (body!["data"]?["result"]?.AsArray() ?? []).Select(series => double.Parse((string)series!["value"]![1]!, CultureInfo.InvariantCulture))];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    /// <summary>As Grafana would ask them. A limit has only who runs in a control group with one.</summary>
    private static IEnumerable<(string Panel, string Expression)> Queries(int pid) =>
        from file in Directory.GetFiles(RepositoryPaths.File("dashboards", "grafana"), "*.json")
        let dashboard = JsonNode.Parse(File.ReadAllText(file))!
        from panel in dashboard["panels"]!.AsArray()
        from target in panel!["targets"]?.AsArray() ?? []
        where (string?)target!["datasource"]!["type"] == "prometheus"
        let expression = (string)target["expr"]!
        where !IsOfALimit(expression) && !expression.Contains("ALERTS", StringComparison.Ordinal)
        select ($"{dashboard["title"]}, {panel["title"]}", expression
            .Replace("$__rate_interval", RateInterval, StringComparison.Ordinal)
            .Replace("$__range", "5m", StringComparison.Ordinal)
            .Replace("\"$pid\"", string.Create(CultureInfo.InvariantCulture, $"\"{pid}\""), StringComparison.Ordinal)
            .Replace("\"$service\"", "\"PlainWorker.*\"", StringComparison.Ordinal)
            .Replace("\"$job\"", "\".+\"", StringComparison.Ordinal)
            .Replace("\"$instance\"", "\".+\"", StringComparison.Ordinal));

    private static bool IsOfALimit(string expression) =>
        expression.Contains("heapdrift_memory_limit", StringComparison.Ordinal) || expression.Contains("heapdrift_memory_time_to_limit", StringComparison.Ordinal);

    /// <returns>Those that have no answer, a line each.</returns>
    private static async Task<string> EmptyAsync(HttpClient client, IEnumerable<(string Panel, string Expression)> queries)
    {
        var empty = new List<string>();
        foreach ((string panel, string expression) in queries)
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(expression)}", UriKind.Relative));
                JsonNode? body = await answer.Content.ReadFromJsonAsync<JsonNode>();
                if (body!["data"]?["result"]?.AsArray().Count is not > 0)
                {
                    empty.Add($"{panel}: {expression}: {body.ToJsonString()}");
                }
            }
            catch (HttpRequestException notYet)
            {
                return notYet.Message;
            }
        }

        return string.Join('\n', empty);
    }

    private static Task<AgentProcess> StartAgentAsync(TemporaryFolder folder) => AgentProcess.StartAsync(
        folder.File("reports"),
        new Dictionary<string, string?> { ["HeapDrift__Watch__ReadInterval"] = "00:00:01", ["HeapDrift__Watch__MostReadShare"] = "0.01" },
        "--window",
        "1s");

    private static async Task CaptureAsync(AgentProcess agent, PlainWorker worker)
    {
        await agent.WatchesAsync(worker.Id);
        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        await agent.EndedAsync(line => (string?)line["captureId"] == id);
        string label = string.Create(CultureInfo.InvariantCulture, $"process_pid=\"{worker.Id}\"");
        await Eventually.HoldsAsync(
            async () =>
            {
                await worker.CollectAsync();
                string[] late = ["dotnet_gc_last_collection_heap_size_bytes{", "dotnet_gc_heap_total_allocated_bytes_total{", "heapdrift_memory_growth_bytes_per_second{", "heapdrift_memory_ledger_bytes{"];
                string[][] lines = await Task.WhenAll(late.Select(agent.MetricAsync));
                return lines.All(metric => metric.Any(line => line.Contains(label, StringComparison.Ordinal)));
            },
            Deadline,
            "the worker's collector is heard and its growth known",
            agent.Process.Describe);
    }

    private static ChildProcess StartPrometheus(TemporaryFolder folder, AgentProcess agent, int port)
    {
        string config = folder.File("prometheus.yaml");
        File.WriteAllText(config, string.Create(CultureInfo.InvariantCulture, $$"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: heapdrift
                static_configs:
                  - targets: ["{{agent.Client.BaseAddress!.Authority}}"]
            """));
        return ChildProcess.Start(new ChildProcessStart(
            "prometheus",
            $"--config.file={config}",
            $"--storage.tsdb.path={folder.File("prometheus")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
            "--log.level=warn"));
    }

    [GeneratedRegex("^# TYPE ([^ ]+) (\\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeLines();
}
