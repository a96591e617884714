using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Agent;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Collector.Watching;
using HeapDrift.Collector.Tests.Export;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;
using HeapDrift.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeapDrift.Collector.Tests.Agent;

/// <summary>What an agent that was killed left of its captures.</summary>
[Collection(nameof(RunningBacklog))]
public sealed class AgentCapturesTests : IAsyncLifetime
{
    private readonly UndeliveredReports _reports = new();
    private readonly CaptureMeter _meter = new();
    private RunningBacklog _backlog = null!;
    private OtlpReceiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await OtlpReceiver.StartAsync();
        _backlog = new RunningBacklog(_reports, _receiver.HttpEndpoint.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _backlog.DisposeAsync();
        await _receiver.DisposeAsync();
        _meter.Dispose();
        _reports.Dispose();
    }

    [Fact]
    public void ACaptureThatCameToItsReportIsDone()
    {
        _reports.Leave(1);

        Assert.Equal(
            new CaptureResult(CaptureOutcome.Completed, Verdict.ManagedLeak, UndeliveredReports.Report(1).Findings[0].Summary), Captures().Done(Order(1)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{ broken")]
    [InlineData("null")]
    public void ACaptureWithoutAReportIsNotDone(string? content)
    {
        _reports.Leave(1);
        string file = _reports.InFolder(1, ReportFolder.JsonFile);
        File.Delete(file);
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        Assert.Null(Captures().Done(Order(1)));
    }

    [Fact]
    public void ACaptureThatWasTakenBackIsNotDoneAndItsReportMakesRoomForTheNext()
    {
        ReportFolder.Prepare(_reports.Path, UndeliveredReports.Id(1)).Write(UndeliveredReports.Report(1) with { Outcome = CaptureOutcome.Cancelled, Findings = [] });
        Assert.Null(Captures().Done(Order(1)));

        ReportFolder.Prepare(_reports.Path, UndeliveredReports.Id(1)).Write(UndeliveredReports.Report(1));

        Assert.Equal(CaptureOutcome.Completed, Captures().Done(Order(1))!.Outcome);
        Assert.Equal([_reports.Folder(1)], Directory.GetFileSystemEntries(_reports.Path));
    }

    [Fact]
    public async Task AnAttemptThatLeavesNoReportIsAnEventAndLeavesNothingOnDisk()
    {
        ReportFolder.Prepare(_reports.Path, UndeliveredReports.Id(1));

        Captures().Abandoned(Order(1), new(CaptureOutcome.WorkerExited, null, "the agent ended during the capture, and the worker has ended since"));
        await _backlog.UntilAsync(() => _receiver.Logs.Count > 0, "the event arrives");

        ReceivedLog ended = Assert.Single(_receiver.Logs);
        Assert.Equal("heapdrift.capture.completed", ended.EventName);
        Assert.Equal("worker-exited", ended.Attributes["heapdrift.capture.outcome"]);
        Assert.Equal(UndeliveredReports.Id(1), ended.Attributes["heapdrift.capture.id"]);
        Assert.Equal("Shop", ended.Resource["service.name"]);
        Assert.Equal(CaptureTraceId.Of(UndeliveredReports.Id(1)).ToHexString(), ended.TraceId);
        Assert.Empty(Directory.GetFileSystemEntries(_reports.Path));
    }

    private AgentCaptures Captures()
    {
        var proc = new ProcFileSystem();
        var rules = new WatchRules(new DiscoveryOptions());
        var audience = new CaptureAudience(_meter, _backlog.Backlog, _backlog.Clock);
        return new(
            new CaptureLimits { OutputDirectory = _reports.Path },
            new WorkerInventory(new WorkerDirectory(proc, rules), rules, proc, _backlog.Clock, _ => { }),
            proc,
            audience,
            _backlog.Clock,
            NullLogger<AgentCaptures>.Instance);
    }

    private static CaptureOrder Order(int number) => new()
    {
        CaptureId = UndeliveredReports.Id(number),
        Pid = 4711,
        StartTimeTicks = 99,
        WorkerName = "Shop",
        Trigger = new CaptureTrigger { Kind = TriggerKind.Alert },
        RequestedAt = UndeliveredReports.Noon,
    };
}
