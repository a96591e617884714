using HeapDrift.Collector.Export;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>The OTLP specification lets every signal go its own way; one without an endpoint goes none.</summary>
[Collection(nameof(RunningBacklog))]
public sealed class DeliveryEndpointTests : IDisposable
{
    private const string Traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string Logs = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT";

    private readonly UndeliveredReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Fact]
    public async Task EverySignalGoesToItsOwnEndpoint()
    {
        await using OtlpReceiver traces = await OtlpReceiver.StartAsync();
        await using OtlpReceiver logs = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, new() { [Traces] = $"{traces.HttpEndpoint}v1/traces", [Logs] = $"{logs.HttpEndpoint}v1/logs" });

        await running.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Equal(UndeliveredReports.Trace(1), Assert.Single(traces.Spans, span => span.Name == "heapdrift.capture").TraceId);
        Assert.Equal(UndeliveredReports.Trace(1), Assert.Single(logs.Logs, log => log.EventName == "heapdrift.finding").TraceId);
        Assert.Equal(0, traces.RequestCount(OtlpSignal.Logs));
        Assert.Equal(0, logs.RequestCount(OtlpSignal.Traces));
        Assert.Empty(running.Complaints);
    }

    [Theory]
    [InlineData(Traces, "v1/traces", OtlpSignal.Traces)]
    [InlineData(Logs, "v1/logs", OtlpSignal.Logs)]
    public async Task ASignalWithoutAnEndpointIsNotWaitedFor(string setting, string path, OtlpSignal signal)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, new() { [setting] = $"{receiver.HttpEndpoint}{path}" });

        await running.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Equal(1, receiver.RequestCount(signal));
        Assert.Empty(running.Complaints);
    }

    [Fact]
    public async Task SettingsOfOneSignalWinOverTheCommonOnes()
    {
        await using OtlpReceiver http = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = http.HttpEndpoint.ToString(),
            [Logs] = http.GrpcEndpoint.ToString(),
            ["OTEL_EXPORTER_OTLP_LOGS_PROTOCOL"] = "grpc",
            ["OTEL_EXPORTER_OTLP_LOGS_HEADERS"] = "tenant=shop",
        });

        await running.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Single(http.Spans, span => span.Name == "heapdrift.capture");
        Assert.Single(http.Logs, log => log.EventName == "heapdrift.finding");
        Assert.Equal("shop", http.HeadersOf(OtlpSignal.Logs)["tenant"]);
        Assert.Empty(running.Complaints);
    }

    [Theory]
    [InlineData("collector:4317")]
    [InlineData("not an address")]
    public async Task AnEndpointThatIsNoneIsNamedOnceAndNothingIsMarked(string endpoint)
    {
        await using var running = new RunningBacklog(_reports, endpoint);

        Assert.False(running.Backlog.IsOpen);
        Assert.Contains(endpoint, Assert.Single(running.Complaints), StringComparison.Ordinal);
    }
}
