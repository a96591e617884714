using System.Globalization;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Collector.Metrics;
using HeapDrift.Collector.Watching;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;
using HeapDrift.TestKit;
using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>The workers of months, a hundred at a time.</summary>
public sealed class OtlpMetricsTests
{
    private const int AtOnce = 100;
    private const int Generations = 16;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Four kinds of memory of 1,600 workers are more series than there is room for at a time.</summary>
    [Fact]
    public async Task AWorkerIsToldApartHoweverManyHaveEndedBeforeIt()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        var board = new WorkerBoard();
        using var backlog = new DeliveryBacklog(Path.GetTempPath(), new ConfigurationBuilder().Build(), TimeProvider.System, new(_ => { }, _ => { }));
        using OtlpMetrics metrics = OtlpMetrics.TryCreate(Settings(receiver), () => new WorkerMeter(board, () => backlog), Assert.Fail)!;

        for (int generation = 0; generation < Generations; generation++)
        {
            board.Post(Enumerable.Range(1 + (generation * AtOnce), AtOnce).Select(Seen));
            string last = ((generation + 1) * AtOnce).ToString(CultureInfo.InvariantCulture);
            await Eventually.HoldsAsync(() => IsTold(receiver, last), Deadline, $"worker {last} is told apart", () => Describe(receiver));
            metrics.MakeRoom();
        }

        Assert.DoesNotContain(receiver.Metrics.TakeLast(20).SelectMany(metric => metric.Points), point => point.Attributes.ContainsKey("otel.metric.overflow"));
    }

    private static bool IsTold(OtlpReceiver receiver, string pid) => receiver.Metrics.Any(metric =>
        metric.Name == "heapdrift.memory.pss" && metric.Points.Any(point => point.Attributes.GetValueOrDefault("process.pid") == pid));

    private static string Describe(OtlpReceiver receiver) =>
        string.Join(", ", receiver.Metrics.TakeLast(5).Select(metric => $"{metric.Name}: {metric.Points.Count} points, the last of {string.Join(' ', metric.Points[^1].Attributes)}"));

    private static IConfiguration Settings(OtlpReceiver receiver) => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.HttpEndpoint.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "50",
    }).Build();

    private static WatchedWorker Seen(int pid) => new()
    {
        Worker = new Worker
        {
            Pid = pid,
            ParentPid = 1,
            StartTimeTicks = pid,
            Name = "shop",
            RuntimeVersion = null,
            Usr2 = SignalDisposition.Default,
            Threads = 1,
            Socket = null,
            Resource = new Dictionary<string, string>(),
        },
        StartedAt = null,
        Memory = new WorkerMemory { At = DateTimeOffset.UnixEpoch, RssBytes = 1, Pss = new(1, 2, 3, 4), PrivateBytes = 1 },
    };
}
