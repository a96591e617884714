using System.Diagnostics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;
using Names = HeapDrift.Instrumentation.TelemetryNames.Attributes;

namespace HeapDrift.Instrumentation.Tests.Telemetry;

public sealed class CaptureTelemetryTests : IDisposable
{
    private readonly CapturingLogger _logger = new();
    private readonly List<Activity> _spans = [];
    private readonly ActivitySource _source = new($"Tests.{Guid.NewGuid():N}");
    private readonly ActivityListener _listener;
    private readonly CaptureTelemetry _telemetry;

    public CaptureTelemetryTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source == _source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Add,
        };
        ActivitySource.AddActivityListener(_listener);
        _telemetry = new(_logger, _source);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }

    [Fact]
    public void CaptureIsARootSpanFromItsStartToItsEnd()
    {
        Capture(Evidence.Report());

        Activity capture = CaptureSpanOf();
        Assert.Equal(ActivityKind.Internal, capture.Kind);
        Assert.Null(capture.ParentId);
        Assert.Equal((Evidence.At(0).UtcDateTime, TimeSpan.FromSeconds(110)), (capture.StartTimeUtc, capture.Duration));
        Assert.Equal(ActivityStatusCode.Unset, capture.Status);
    }

    [Fact]
    public void CaptureIsARootSpanEvenInsideARequestWhichStaysCurrent()
    {
        using var request = new Activity("request");
        request.Start();

        using CaptureSpan span = _telemetry.Begin(Evidence.Alert, Evidence.Worker, Evidence.Start);
        Assert.Same(request, Activity.Current);
        span.Complete(Evidence.Report(), reportPath: null);

        Assert.Same(request, Activity.Current);
        Assert.Null(CaptureSpanOf().Parent);
        Assert.Null(CaptureSpanOf().ParentId);
        Assert.All(_spans, each => Assert.NotEqual(request.TraceId, each.TraceId));
        Assert.All(_logger.Events, each => Assert.NotEqual(request.TraceId, each.Context!.Value.TraceId));
    }

    [Fact]
    public void RequestThatEndsDuringTheCaptureLeavesNothingCurrent()
    {
        using var request = new Activity("request");
        request.Start();
        using CaptureSpan span = _telemetry.Begin(Evidence.Alert, Evidence.Worker, Evidence.Start);

        // In a flow of its own, as a server ends it: there it is not current any more, here it still would be.
        span.Run(() => ExecutionContext.Run(ExecutionContext.Capture()!, _ => request.Stop(), state: null));

        Assert.Null(Activity.Current);
    }

    [Fact]
    public void CurrentActivityIsRestoredAndTheSpanEndedWhenALogProviderThrows()
    {
        using var request = new Activity("request");
        request.Start();
        using CaptureSpan span = _telemetry.Begin(Evidence.Alert, Evidence.Worker, Evidence.Start);
        _logger.Failure = new InvalidOperationException("the disk of the log is full");

        Assert.Throws<InvalidOperationException>(() => span.Complete(Evidence.Report(), reportPath: null));

        Assert.Same(request, Activity.Current);
        Assert.Equal(TimeSpan.FromSeconds(110), CaptureSpanOf().Duration);
    }

    [Fact]
    public void SpanSaysWhatStartedItAndHowItEnded()
    {
        Capture(Evidence.Report(Evidence.Findings(2)), "/reports/1/report.json");

        var expected = new Dictionary<string, object?>
        {
            ["process.pid"] = 42L,
            ["heapdrift.capture.trigger"] = "alert",
            ["heapdrift.alert.name"] = "HeapGrowth",
            ["heapdrift.alert.fingerprint"] = "c0ffee",
            ["heapdrift.capture.id"] = "20260301-100000-42",
            ["heapdrift.capture.started_at"] = "2026-03-01T10:00:00.0000000Z",
            ["heapdrift.capture.completed_at"] = "2026-03-01T10:01:50.0000000Z",
            ["heapdrift.capture.engine"] = "eventpipe",
            ["heapdrift.capture.outcome"] = "completed",
            ["heapdrift.capture.verdict"] = "managed-leak",
            ["heapdrift.capture.findings"] = 2L,
            ["heapdrift.capture.report"] = "/reports/1/report.json",
        };
        Assert.Equivalent(expected, CaptureSpanOf().TagObjects.ToDictionary(), strict: true);
        expected["event.name"] = "heapdrift.capture.completed";
        Assert.Equivalent(expected, Logged("heapdrift.capture.completed").Attributes, strict: true);
    }

    [Fact]
    public void PhasesLastFromTheirTrueStartToTheirTrueEnd()
    {
        Capture(Evidence.Report());

        Activity capture = CaptureSpanOf();
        Assert.All(_spans.Except([capture]), phase => Assert.Equal(capture.SpanId, phase.ParentSpanId));
        Assert.Equal([("baseline", 0, 2), ("window", 2, 100), ("final", 100, 104), ("diff", 104, 110)], Phases());
    }

    [Fact]
    public void WorkerThatExitsInTheWindowLeavesABaselineAndAWindow()
    {
        Capture(Evidence.Ended(CaptureOutcome.WorkerExited, Evidence.Baseline));

        Assert.Equal([("baseline", 0, 2), ("window", 2, 110)], Phases());
    }

    [Fact]
    public void IncompleteBaselineHasNoWindowBehindIt()
    {
        Capture(Evidence.Ended(CaptureOutcome.Incomplete, Evidence.Baseline with { Complete = false }));

        Assert.Equal([("baseline", 0, 2)], Phases());
    }

    [Fact]
    public void IncompleteFinalIsNotCompared()
    {
        Capture(Evidence.Ended(CaptureOutcome.Incomplete, Evidence.Baseline, Evidence.Final with { Complete = false }));

        Assert.Equal([("baseline", 0, 2), ("window", 2, 100), ("final", 100, 104)], Phases());
    }

    [Fact]
    public void SnapshotsAreSpanEventsAndTagsOfTheirPhase()
    {
        Capture(Evidence.Report());

        ActivityEvent[] events = [.. CaptureSpanOf().Events.Where(each => each.Name == "heapdrift.snapshot")];
        Assert.Equal([Evidence.At(2), Evidence.At(104)], events.Select(each => each.Timestamp));
        var expected = new Dictionary<string, object?>
        {
            ["heapdrift.capture.id"] = "20260301-100000-42",
            ["heapdrift.snapshot.role"] = "final",
            ["heapdrift.capture.engine"] = "eventpipe",
            ["heapdrift.snapshot.pause"] = 0.25,
            ["heapdrift.snapshot.duration"] = 4.0,
            ["heapdrift.snapshot.objects"] = 5000L,
            ["heapdrift.snapshot.bytes"] = 160_000L,
            ["heapdrift.snapshot.complete"] = true,
        };
        Assert.Equivalent(expected, Assert.Single(_spans, span => span.OperationName == "final").TagObjects.ToDictionary(), strict: true);
        expected["event.name"] = "heapdrift.snapshot";
        Assert.Equivalent(expected, events[1].Tags.ToDictionary(), strict: true);
    }

    [Fact]
    public void FindingIsASpanEventAndAWarningWithTheSameAttributes()
    {
        Capture(Evidence.Report(Evidence.Findings(1)));

        LoggedEvent log = Logged("heapdrift.finding");
        Assert.Equal((LogLevel.Warning, "finding 1 in a sentence"), (log.Level, log.Body));
        var expected = new Dictionary<string, object?>
        {
            ["event.name"] = "heapdrift.finding",
            ["heapdrift.capture.id"] = "20260301-100000-42",
            ["heapdrift.finding.rank"] = 1L,
            ["heapdrift.finding.fingerprint"] = "0000000000000001",
            ["heapdrift.finding.status"] = "new",
            ["heapdrift.finding.origin"] = "application",
            ["heapdrift.finding.type"] = "Shop.Order",
            ["heapdrift.finding.holder"] = "static Shop.Cart.Orders",
            ["heapdrift.finding.path"] = new[] { "static Shop.Cart.Orders", "List<Shop.Order>", "Shop.Order" },
            ["heapdrift.finding.objects_delta"] = 1000L,
            ["heapdrift.finding.bytes_delta"] = 32_000L,
            ["heapdrift.finding.retained_bytes_delta"] = 64_000L,
            ["heapdrift.finding.share_of_growth"] = 0.5,
            ["heapdrift.finding.verdict"] = "managed-leak",
        };
        Assert.Equivalent(expected, log.Attributes, strict: true);
        ActivityEvent spanEvent = Assert.Single(CaptureSpanOf().Events, each => each.Name == "heapdrift.finding");
        Assert.Equal(Evidence.At(110), spanEvent.Timestamp);
        Assert.Equivalent(expected, spanEvent.Tags.ToDictionary(), strict: true);
    }

    [Fact]
    public void SpanHasTheTenLargestFindingsAndTheLogHasAll()
    {
        Capture(Evidence.Report(Evidence.Findings(12)));

        Assert.Equal(Enumerable.Range(1, 10).Select(rank => (object)(long)rank), RanksOf(CaptureSpanOf().Events));
        Assert.Equal(12, _logger.Events.Count(each => each.Id.Name == "heapdrift.finding"));

        static IEnumerable<object?> RanksOf(IEnumerable<ActivityEvent> events) =>
            events.Where(each => each.Name == "heapdrift.finding").Select(each => each.Tags.ToDictionary()[Names.FindingRank]);
    }

    [Fact]
    public void EveryLogEventBelongsToTheCaptureSpanAndRepeatsItsName()
    {
        Capture(Evidence.Report(Evidence.Findings(2)));

        Assert.Equal(
            ["heapdrift.capture.started", "heapdrift.finding", "heapdrift.finding", "heapdrift.capture.completed"],
            _logger.Events.Select(each => each.Id.Name));
        Assert.All(_logger.Events, each => Assert.Equal(each.Id.Name, each.Attributes[Names.EventName]));
        Assert.All(_logger.Events, each => Assert.Equal(CaptureSpanOf().Context, each.Context));
    }

    [Fact]
    public void EventsReadAsSentences()
    {
        Capture(Evidence.Report(Evidence.Findings(1)));
        Capture(Evidence.Report());
        Capture(Evidence.Report() with { Verdict = Verdict.NativeGrowth });
        Capture(Evidence.Ended(CaptureOutcome.WorkerExited, Evidence.Baseline));

        Assert.Equal("Capture of shop (process 42) started by alert HeapGrowth", Logged("heapdrift.capture.started").Body);
        Assert.Equal(
            [
                "Capture of shop (process 42) completed, managed-leak: finding 1 in a sentence",
                "Capture of shop (process 42) completed, no-growth: nobody to accuse",
                "Capture of shop (process 42) completed, native-growth: no object of the managed heap to accuse",
                "Capture of shop (process 42) ended, worker-exited: the reason",
            ],
            _logger.Events.Where(each => each.Id.Name == "heapdrift.capture.completed").Select(each => each.Body));
    }

    [Theory]
    [InlineData(0, LogLevel.Information)]
    [InlineData(1, LogLevel.Warning)]
    public void CompletedCaptureIsAWarningOnlyWithFindings(int findings, LogLevel severity)
    {
        Capture(Evidence.Report(Evidence.Findings(findings)));

        Assert.Equal(severity, Logged("heapdrift.capture.completed").Level);
    }

    [Theory]
    [InlineData("Failed", "failed")]
    [InlineData("NotPermitted", "not-permitted")]
    [InlineData("NotFound", "not-found")]
    public void FailedOutcomeIsAnErrorOfItsType(string outcome, string word)
    {
        Capture(Evidence.Ended(Enum.Parse<CaptureOutcome>(outcome)));

        Activity capture = CaptureSpanOf();
        Assert.Equal((ActivityStatusCode.Error, "the reason"), (capture.Status, capture.StatusDescription));
        Assert.Equal((word, word), (capture.GetTagItem("error.type"), capture.GetTagItem("heapdrift.capture.outcome")));
        LoggedEvent log = Logged("heapdrift.capture.completed");
        Assert.Equal((LogLevel.Error, (object)word), (log.Level, log.Attributes["error.type"]));
    }

    [Theory]
    [InlineData("WorkerExited", "worker-exited")]
    [InlineData("Cancelled", "cancelled")]
    [InlineData("Incomplete", "incomplete")]
    public void CaptureThatEndsEarlyIsNoErrorButSaysSo(string outcome, string word)
    {
        Capture(Evidence.Ended(Enum.Parse<CaptureOutcome>(outcome), Evidence.Baseline));

        Activity capture = CaptureSpanOf();
        Assert.Equal(ActivityStatusCode.Unset, capture.Status);
        Assert.Null(capture.GetTagItem("error.type"));
        LoggedEvent log = Logged("heapdrift.capture.completed");
        Assert.Equal((LogLevel.Information, (object)word), (log.Level, log.Attributes["heapdrift.capture.outcome"]));
    }

    [Fact]
    public void CaptureWithoutAReportFailsWithItsReason()
    {
        using CaptureSpan span = _telemetry.Begin(Evidence.Alert, Evidence.Worker, Evidence.Start);
        span.Fail("helper-missing", "there is no heapdrift beside the service", Evidence.At(1));

        Activity capture = CaptureSpanOf();
        Assert.Equal((ActivityStatusCode.Error, "there is no heapdrift beside the service"), (capture.Status, capture.StatusDescription));
        Assert.Equal(TimeSpan.FromSeconds(1), capture.Duration);
        LoggedEvent log = Logged("heapdrift.capture.completed");
        Assert.Equal(LogLevel.Error, log.Level);
        Assert.Equal("Capture of shop (process 42) ended, failed: there is no heapdrift beside the service", log.Body);
        Assert.Equal(("helper-missing", "failed"), (log.Attributes["error.type"], log.Attributes["heapdrift.capture.outcome"]));
        Assert.Equal(capture.Context, log.Context);
    }

    [Fact]
    public void DisposedCaptureEndsOnce()
    {
        CaptureSpan abandoned = _telemetry.Begin(Evidence.Alert, Evidence.Worker, Evidence.Start);
        abandoned.Dispose();
        abandoned.Dispose();
        abandoned.Complete(Evidence.Report(), reportPath: null);

        Assert.Null(CaptureSpanOf().GetTagItem("heapdrift.capture.outcome"));
        Assert.Equal("heapdrift.capture.started", Assert.Single(_logger.Events).Id.Name);
    }

    [Fact]
    public void MeasurementsCanBeTakenInsideTheSpan()
    {
        using CaptureSpan span = _telemetry.Begin(Evidence.Alert, Evidence.Worker, Evidence.Start);
        string? inside = null;

        span.Run(() => inside = Activity.Current?.OperationName);

        Assert.Equal("heapdrift.capture", inside);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void WithoutListenersThereAreStillLogsAndNoTraceIsBorrowed()
    {
        _listener.Dispose();
        using var request = new Activity("request");
        request.Start();

        Capture(Evidence.Report(Evidence.Findings(1)));

        Assert.Empty(_spans);
        Assert.Equal(3, _logger.Events.Count);
        Assert.All(_logger.Events, each => Assert.Null(each.Context));
        Assert.Same(request, Activity.Current);
    }

    private void Capture(CaptureReport report, string? reportPath = null)
    {
        using CaptureSpan span = _telemetry.Begin(report.Trigger, report.Worker, report.StartedAt);
        span.Complete(report, reportPath);
    }

    private Activity CaptureSpanOf() => Assert.Single(_spans, span => span.OperationName == "heapdrift.capture");

    private LoggedEvent Logged(string name) => _logger.Events.First(each => each.Id.Name == name);

    private IEnumerable<(string Name, int From, int To)> Phases() =>
        from span in _spans
        where span.OperationName != "heapdrift.capture"
        let start = (span.StartTimeUtc - Evidence.Start.UtcDateTime).TotalSeconds
        select (span.OperationName, (int)start, (int)(start + span.Duration.TotalSeconds));
}
