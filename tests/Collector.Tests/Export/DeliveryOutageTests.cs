using System.Text;
using HeapDrift.Collector.Export;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>The receiver is away, or takes one thing and not the other.</summary>
[Collection(nameof(RunningBacklog))]
public sealed class DeliveryOutageTests : IDisposable
{
    private const string FindingEvent = "heapdrift.finding";
    private const string CaptureSpan = "heapdrift.capture";

    private readonly UndeliveredReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Theory]
    [InlineData("http/protobuf", true)]
    [InlineData("http/protobuf", false)]
    [InlineData("grpc", true)]
    [InlineData("grpc", false)]
    public async Task EveryFindingArrivesOnceTheReceiverIsBackAndInTheTraceThatWasPromised(string protocol, bool answers503)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        string endpoint = (protocol == "grpc" ? receiver.GrpcEndpoint : receiver.HttpEndpoint).ToString();
        int[] all = [1, 2, 3, 4, 5];
        Array.ForEach(all, number => _reports.Leave(number));
        receiver.FailWith(503);
        await using var running = new RunningBacklog(_reports, answers503 ? endpoint : RunningBacklog.Nowhere, protocol);

        await running.UntilAsync(() => all.All(number => Mentions(running, number) > 0), "every report has been tried");
        Assert.Equal(5, running.Backlog.Count);
        Assert.Empty(receiver.Logs);
        receiver.FailWith(null);
        running.Settings[RunningBacklog.Endpoint] = endpoint;
        await running.UntilAsync(() => _reports.Waiting.Length == 0 && running.Backlog.Count == 0, "all are delivered");

        Assert.All(all, number =>
        {
            ReceivedLog finding = Assert.Single(receiver.Logs, log => log.EventName == FindingEvent && log.TraceId == UndeliveredReports.Trace(number));
            ReceivedSpan span = Assert.Single(receiver.Spans, span => span.Name == CaptureSpan && span.TraceId == UndeliveredReports.Trace(number));
            Assert.Equal(UndeliveredReports.Shop(number), finding.Resource["service.name"]);
            Assert.Equal(1000L + number, span.Resource["process.pid"]);
            Assert.Equal(1, Mentions(running, number));
        });
    }

    [Fact]
    public async Task ALaterBacklogSendsWhatAnEarlierOneLeft()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        _reports.Leave(1);
        await using (var earlier = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString()))
        {
            await earlier.UntilAsync(() => Mentions(earlier, 1) > 0, "it was tried");
        }

        receiver.FailWith(null);
        await using var later = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await later.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Equal(UndeliveredReports.Trace(1), Assert.Single(receiver.Logs, log => log.EventName == FindingEvent).TraceId);
        Assert.Empty(later.Complaints);
    }

    [Fact]
    public async Task AReportThatAlwaysFailsDoesNotHoldUpTheOthers()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        byte[] ill = Encoding.UTF8.GetBytes(UndeliveredReports.Shop(1));
        receiver.FailWhere((_, body) => body.AsSpan().IndexOf(ill) >= 0 ? 500 : null);
        int[] all = [.. Enumerable.Range(1, 10)];
        Array.ForEach(all, number => _reports.Leave(number));
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());

        await running.UntilAsync(() => _reports.Waiting is [var left] && left == UndeliveredReports.Id(1), "all but the first are delivered");
        int requests = receiver.RequestCount(OtlpSignal.Logs);
        await running.UntilAsync(() => receiver.RequestCount(OtlpSignal.Logs) >= requests + 3, "it is tried again and again");

        Assert.Equal(1, Mentions(running, 1));
        Assert.Single(running.Complaints);
    }

    [Fact]
    public async Task TracesThatAreRefusedForGoodDoNotCostTheFindingItsLog()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWhere((signal, _) => signal == OtlpSignal.Traces ? 400 : 503);
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await running.UntilAsync(() => receiver.RequestCount(OtlpSignal.Logs) >= 2, "the log is tried again");

        receiver.FailWhere((signal, _) => signal == OtlpSignal.Traces ? 400 : null);
        await running.UntilAsync(() => receiver.Logs.Any(log => log.EventName == FindingEvent && log.TraceId == UndeliveredReports.Trace(1)), "the finding arrives");
        await running.UntilAsync(() => File.Exists(_reports.InFolder(1, UndeliveredMark.RefusedFileName)), "what was refused stays beside the report");

        Assert.Empty(_reports.Waiting);
        Assert.Equal(1, receiver.RequestCount(OtlpSignal.Traces));
        Assert.Contains(running.Complaints, complaint => complaint.Contains("400", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task WhatWasDeliveredIsNotSentAgainBecauseTheRestWasNot(string protocol)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWhere((signal, _) => signal == OtlpSignal.Logs ? 503 : null);
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, (protocol == "grpc" ? receiver.GrpcEndpoint : receiver.HttpEndpoint).ToString(), protocol);
        await running.UntilAsync(() => receiver.RequestCount(OtlpSignal.Logs) >= 2, "the log is tried again");

        receiver.FailWith(null);
        await running.UntilAsync(() => _reports.Waiting.Length == 0, "all of it is delivered");

        Assert.Single(receiver.Spans, span => span.Name == CaptureSpan);
        Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task AReportThatTheReceiverObjectsToIsSetAsideAndNotSentAgain(string protocol)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(400);
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, (protocol == "grpc" ? receiver.GrpcEndpoint : receiver.HttpEndpoint).ToString(), protocol);

        await running.UntilAsync(() => File.Exists(_reports.InFolder(1, UndeliveredMark.RefusedFileName)) && running.Backlog.Count == 0, "it is set aside");

        Assert.Empty(_reports.Waiting);
        Assert.Contains("The report stays on disk", Assert.Single(running.Complaints), StringComparison.Ordinal);
        Assert.Equal(1, receiver.RequestCount(OtlpSignal.Logs));
    }

    [Fact]
    public async Task AnEndpointThatIsTakenAwayLosesNothing()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await running.UntilAsync(() => Mentions(running, 1) > 0, "it was tried");
        DateTimeOffset then = running.Clock.GetUtcNow();

        running.Settings[RunningBacklog.Endpoint] = "collector:4317";
        receiver.FailWith(null);
        await running.UntilAsync(() => running.Clock.GetUtcNow() > then.AddMinutes(5), "five minutes pass");
        Assert.Single(_reports.Waiting);
        running.Settings[RunningBacklog.Endpoint] = receiver.HttpEndpoint.ToString();
        await running.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
    }

    [Fact]
    public async Task SettingsThatTheExporterDoesNotBearAreNotTheReportsFault()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, RunningBacklog.Nowhere);
        running.Settings["OTEL_EXPORTER_OTLP_HEADERS"] = "no header";
        running.Settings[RunningBacklog.Endpoint] = receiver.HttpEndpoint.ToString();
        DateTimeOffset then = running.Clock.GetUtcNow();
        await running.UntilAsync(() => running.Clock.GetUtcNow() > then.AddMinutes(5), "five minutes pass");
        Assert.Single(_reports.Waiting);
        running.Settings["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=1";
        await running.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
        Assert.Single(running.Complaints);
    }

    private static int Mentions(RunningBacklog running, int number) =>
        running.Complaints.Count(complaint => complaint.Contains(UndeliveredReports.Id(number), StringComparison.Ordinal));
}
