using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Export;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Reports;
using HeapDrift.TestKit;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>That a capture began is told when it begins, and once.</summary>
[Collection(nameof(RunningBacklog))]
public sealed class AnnouncementTests : IDisposable
{
    private const string StartedEvent = "heapdrift.capture.started";
    private const string FindingEvent = "heapdrift.finding";

    private readonly UndeliveredReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task TheStartIsToldWhileTheCaptureGoesOnInTheTraceOfItsReportAndNotAgain(string protocol)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using var running = new RunningBacklog(_reports, (protocol == "grpc" ? receiver.GrpcEndpoint : receiver.HttpEndpoint).ToString(), protocol);

        running.Backlog.Announce(Start(1));
        await running.UntilAsync(() => receiver.Logs.Count > 0, "the start arrives");
        ReceivedLog started = Assert.Single(receiver.Logs);
        await running.UntilAsync(() => running.Backlog.Mark(UndeliveredReports.Id(1), UndeliveredReports.Worker())!.IsStartTold, "it is known to have arrived");
        Complete(running, 1);
        await running.UntilAsync(() => running.Backlog.Count == 0, "the report arrives");

        Assert.Equal(StartedEvent, started.EventName);
        Assert.Equal(UndeliveredReports.Id(1), started.Attributes["heapdrift.capture.id"]);
        Assert.Equal("shop", started.Resource["service.name"]);
        Assert.Single(receiver.Logs, log => log.EventName == StartedEvent);
        Assert.Equal(started.TraceId, Assert.Single(receiver.Logs, log => log.EventName == FindingEvent).TraceId);
        Assert.Equal(started.TraceId, Assert.Single(receiver.Spans, span => span.Name == "heapdrift.capture").TraceId);
    }

    [Fact]
    public async Task AStartThatTheReceiverDidNotTakeGoesOutWithTheReportAndNobodyComplainsOfIt()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());

        running.Backlog.Announce(Start(1));
        await running.UntilAsync(() => receiver.RequestCount(OtlpSignal.Logs) > 0, "the start is refused");
        receiver.FailWith(null);
        Complete(running, 1);
        await running.UntilAsync(() => running.Backlog.Count == 0, "the report arrives");

        ReceivedLog started = Assert.Single(receiver.Logs, log => log.EventName == StartedEvent);
        Assert.Equal(Assert.Single(receiver.Logs, log => log.EventName == FindingEvent).TraceId, started.TraceId);
        Assert.Empty(running.Complaints);
    }

    [Fact]
    public async Task AStartThatWasToldIsNotToldAgainByALaterAgent()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using (var earlier = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString()))
        {
            earlier.Backlog.Announce(Start(1));
            await earlier.UntilAsync(() => receiver.Logs.Count > 0, "the start arrives");
            receiver.FailWith(503);
            Complete(earlier, 1);
            await earlier.UntilAsync(() => _reports.Attempts(1) > 0, "the report is refused");
        }

        receiver.FailWith(null);
        await using var later = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await later.UntilAsync(() => _reports.Waiting.Length == 0, "the report arrives");

        Assert.Single(receiver.Logs, log => log.EventName == StartedEvent);
        Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
    }

    [Fact]
    public async Task AStartThatTheReportHasOvertakenIsNotToldAnyMore()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        var announcements = new Announcements(new ReportSender(running.Settings));
        announcements.Add(Start(1));
        announcements.Add(Start(2));

        Assert.False(announcements.TakeStart(UndeliveredReports.Id(1)));
        await announcements.SendAsync();

        Assert.Equal(UndeliveredReports.Id(2), Assert.Single(receiver.Logs).Attributes["heapdrift.capture.id"]);
        Assert.True(announcements.IsStartTold(UndeliveredReports.Id(2)));
        Assert.True(announcements.TakeStart(UndeliveredReports.Id(2)));
        Assert.False(announcements.IsStartTold(UndeliveredReports.Id(2)));
    }

    [Fact]
    public async Task AReceiverThatIsNotThereIsAskedOnceForAllThatWaits()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        var announcements = new Announcements(new ReportSender(running.Settings));
        foreach (int number in Enumerable.Range(1, 100))
        {
            announcements.Add(Start(number));
        }

        await announcements.SendAsync();
        Assert.Equal(1, receiver.RequestCount(OtlpSignal.Logs));
        receiver.FailWith(null);
        await announcements.SendAsync();
        Assert.Equal(1, receiver.RequestCount(OtlpSignal.Logs));
    }

    private void Complete(RunningBacklog running, int number)
    {
        var folder = ReportFolder.Prepare(_reports.Path, UndeliveredReports.Id(number));
        folder.Write(UndeliveredReports.Report(number), running.Backlog.Mark(UndeliveredReports.Id(number), UndeliveredReports.Worker())!.ToCompanion());
        running.Backlog.Add(UndeliveredReports.Id(number));
    }

    private static Announcement Start(int number)
    {
        CaptureReport report = UndeliveredReports.Report(number);
        return new(
            report.CaptureId,
            OtlpExport.ResourceOf(UndeliveredReports.Worker()),
            CaptureEvents.Started(report.Trigger, report.Worker, report.StartedAt, report.CaptureId),
            LogLevel.Information) { IsOfStart = true };
    }
}
