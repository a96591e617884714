using System.Globalization;
using System.Text.RegularExpressions;
using HeapDrift.Collector.Metrics;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>One reading, two ways out: <c>/metrics</c> and OTLP say the same under the same names.</summary>
public sealed partial class AgentMetricsTests
{
    [Fact]
    public async Task OtlpAndPrometheusSayTheSameUnderTheSameNames()
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Environment(receiver), "--window", "1s");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await agent.WatchesAsync(worker.Id);
        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        await agent.EndedAsync(line => (string?)line["captureId"] == id);
        string pid = worker.Id.ToString(CultureInfo.InvariantCulture);

        await Eventually.HoldsAsync(
            () => receiver.Metrics.Any(metric => metric.Name == "heapdrift.captures") && receiver.Metrics.Any(metric => metric.Name == "heapdrift.memory.pss" && metric.Points.Any(point => point.Attributes.GetValueOrDefault("process.pid") == pid)),
            HeapDriftTool.Deadline,
            "metrics arrive",
            agent.Process.Describe);
        string exposition = await agent.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);

        HashSet<string> scraped = [.. TypeLines().Matches(exposition).Where(line => exposition.Contains("\n" + line.Groups[1].Value, StringComparison.Ordinal)).Select(line => line.Groups[1].Value)];
        HashSet<string> sent = [.. receiver.Metrics.Select(metric => PrometheusName.Of(metric.Name, metric.Unit, metric is { Kind: "sum", IsMonotonic: true } ? FigureKind.Counter : FigureKind.Gauge))];
        Assert.Empty(receiver.Rejections);
        Assert.Equal(scraped.Order(StringComparer.Ordinal), sent.Order(StringComparer.Ordinal));
        ReceivedMetric pss = receiver.Metrics.First(metric => metric.Name == "heapdrift.memory.pss" && metric.Points.Any(point => point.Attributes.GetValueOrDefault("process.pid") == pid));
        Assert.Equal("By", pss.Unit);
        Assert.Equal(["anon", "file", "shmem", "swap"], pss.Points.Where(point => point.Attributes["process.pid"] == pid).Select(point => point.Attributes["heapdrift.memory.kind"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task TheWorkersCollectorIsHeard()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "10000");
        await agent.WatchesAsync(worker.Id);
        string label = string.Create(CultureInfo.InvariantCulture, $"process_pid=\"{worker.Id}\"");

        await Eventually.HoldsAsync(
            async () =>
            {
                await worker.CollectAsync(1);
                return (await agent.MetricAsync("dotnet_gc_collections_total{")).Any(line =>
                    line.Contains(label, StringComparison.Ordinal) && line.Contains("dotnet_gc_heap_generation=\"gen1\"", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
            },
            HeapDriftTool.Deadline,
            "collections are counted",
            agent.Process.Describe);
        string[] sizes = [.. (await agent.MetricAsync("dotnet_gc_last_collection_heap_size_bytes{")).Where(line => line.Contains(label, StringComparison.Ordinal))];

        Assert.Equal(["gen0", "gen1", "gen2", "loh", "poh"], sizes.Select(line => line.Split("dotnet_gc_heap_generation=\"")[1].Split('"')[0]));
    }

    [Fact]
    public async Task TheExemplarOfACaptureNamesItsTrace()
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Environment(receiver), "--window", "1s");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await agent.WatchesAsync(worker.Id);
        await agent.RequestCaptureAsync(worker.Id);
        await Eventually.HoldsAsync(() => receiver.Spans.Any(span => span.Name == "heapdrift.capture"), HeapDriftTool.Deadline, "the capture arrives", agent.Process.Describe);
        string traceId = receiver.Spans.First(span => span.Name == "heapdrift.capture").TraceId;

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
        request.Headers.Accept.ParseAdd("application/openmetrics-text");
        using HttpResponseMessage answer = await agent.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string exposition = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(
            () => receiver.Metrics.Any(metric => metric.Name == "heapdrift.captures" && metric.Points.Any(point => point.ExemplarTraceIds.Contains(traceId))),
            HeapDriftTool.Deadline,
            "the counter's exemplar arrives by OTLP",
            agent.Process.Describe);

        Assert.Contains($"trace_id=\"{traceId}\"", exposition, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", exposition, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Environment(OtlpReceiver receiver) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.HttpEndpoint.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
    };

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLines();
}
