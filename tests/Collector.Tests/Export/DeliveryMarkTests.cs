using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Export;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>From a capture to the backlog.</summary>
[Collection(nameof(RunningBacklog))]
public sealed class DeliveryMarkTests : IDisposable
{
    private readonly UndeliveredReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Fact]
    public async Task AReportIsSentWhenItIsAddedAndNotAtTheNextLook()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        UndeliveredMark mark = running.Backlog.Mark(UndeliveredReports.Id(1), UndeliveredReports.Worker())!;
        var folder = ReportFolder.Prepare(_reports.Path, UndeliveredReports.Id(1));
        folder.Write(UndeliveredReports.Report(1), mark.ToCompanion());
        running.Backlog.Add(Path.GetFileName(folder.Path));

        // No time passes on the backlog's own clock.
        await Eventually.HoldsAsync(() => _reports.Waiting.Length == 0, TimeSpan.FromSeconds(60), "it is delivered", () => string.Join('\n', running.Complaints));

        ReceivedLog finding = Assert.Single(receiver.Logs, log => log.EventName == "heapdrift.finding");
        Assert.Equal(mark.TraceId, finding.TraceId);
        Assert.Equal("shop", finding.Resource["service.name"]);
        Assert.Equal(4711L, finding.Resource["process.pid"]);
        Assert.Equal("eu", finding.Resource["cloud.region"]);
        Assert.Empty(running.Complaints);
    }

    [Fact]
    public async Task EveryCaptureHasATraceOfItsOwnAndNoneWithoutAnEndpoint()
    {
        await using var open = new RunningBacklog(_reports, RunningBacklog.Nowhere);
        await using var closed = new RunningBacklog(_reports, endpoint: null);

        Assert.NotEqual(open.Backlog.Mark(UndeliveredReports.Id(1), UndeliveredReports.Worker())!.TraceId, open.Backlog.Mark(UndeliveredReports.Id(2), UndeliveredReports.Worker())!.TraceId);
        Assert.Equal(open.Backlog.Mark(UndeliveredReports.Id(1), UndeliveredReports.Worker())!.TraceId, open.Backlog.Mark(UndeliveredReports.Id(1), UndeliveredReports.Worker())!.TraceId);
        Assert.Null(closed.Backlog.Mark(UndeliveredReports.Id(1), UndeliveredReports.Worker()));
    }

    [Fact]
    public async Task TheCountIsRightWhileCapturesAddToIt()
    {
        await using var running = new RunningBacklog(_reports, RunningBacklog.Nowhere);
        UndeliveredMark mark = running.Backlog.Mark(UndeliveredReports.Id(1), UndeliveredReports.Worker())!;

        await Parallel.ForEachAsync(Enumerable.Range(1, 60), TestContext.Current.CancellationToken, async (number, _) =>
        {
            await Task.Yield();
            var folder = ReportFolder.Prepare(_reports.Path, UndeliveredReports.Id(number));
            folder.Write(UndeliveredReports.Report(number), mark.ToCompanion());
            running.Backlog.Add(Path.GetFileName(folder.Path));
            Assert.InRange(running.Backlog.Count, 1, 60);
        });

        Assert.Equal(60, running.Backlog.Count);
        DateTimeOffset then = running.Clock.GetUtcNow();
        await running.UntilAsync(() => running.Clock.GetUtcNow() > then.AddMinutes(2), "it looks again");
        Assert.Equal(60, running.Backlog.Count);
    }

    [Fact]
    public async Task AReportThatWasFoundAndSentBeforeItIsAddedIsNoReasonToComplain()
    {
        await using var running = new RunningBacklog(_reports, RunningBacklog.Nowhere);
        var folder = ReportFolder.Prepare(_reports.Path, UndeliveredReports.Id(1));
        folder.Write(UndeliveredReports.Report(1));
        running.Backlog.Add(Path.GetFileName(folder.Path));

        await running.UntilAsync(() => running.Backlog.Count == 0, "it is found not to wait");
        Assert.Empty(running.Complaints);
    }

    [Fact]
    public void AMarkThatCannotBeWrittenLeavesNoReportWithoutOne()
    {
        var folder = ReportFolder.Prepare(_reports.Path, UndeliveredReports.Id(1));

        Assert.ThrowsAny<IOException>(() => folder.Write(UndeliveredReports.Report(1), new ReportCompanion("no such folder/mark.json", "{}")));
        Assert.Empty(Directory.GetFileSystemEntries(_reports.Path));
    }

    [Fact]
    public async Task WhatIsNotFinishedIsNotSent()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        Directory.Move(_reports.Leave(1), Path.Join(_reports.Path, "." + UndeliveredReports.Id(1)));
        _reports.Leave(2);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());

        await running.UntilAsync(() => !File.Exists(_reports.InFolder(2, UndeliveredMark.FileName)), "the finished one is delivered");

        Assert.DoesNotContain(receiver.Logs, log => log.TraceId == UndeliveredReports.Trace(1));
        Assert.Equal(0, running.Backlog.Count);
    }
}
