using System.Diagnostics;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>
/// How evidence becomes telemetry: one trace per capture, log events inside it, span events with the same attributes. The same for the
/// worker's own logger and source as for the exporter of the <c>heapdrift</c> executable.
/// </summary>
internal sealed class CaptureTelemetry(ILogger logger, ActivitySource source)
{
    /// <summary>Starts the capture's span as a root of its own: it is no part of whatever request the signal came in on.</summary>
    public CaptureSpan Begin(CaptureTrigger trigger, WorkerIdentity worker, DateTimeOffset startedAt)
    {
        Activity? interrupted = Activity.Current;
        Activity.Current = null;
        try
        {
            Activity? activity = source.StartActivity(
                TelemetryNames.Spans.Capture, ActivityKind.Internal, parentContext: default, startTime: startedAt);
            var span = new CaptureSpan(logger, source, activity, worker);
            span.Log(LogLevel.Information, CaptureEvents.Started(trigger, worker));
            return span;
        }
        finally
        {
            Activity.Current = interrupted;
        }
    }
}

/// <summary>A capture that is under way, as telemetry sees it. Ends once: by a report, by a failure, or by disposal.</summary>
internal sealed class CaptureSpan(ILogger logger, ActivitySource source, Activity? activity, WorkerIdentity worker) : IDisposable
{
    /// <summary>Span events travel inside one span, which has a size; the log events have them all.</summary>
    private const int MostFindingsOnSpan = 10;

    /// <summary>What was found and how it ended.</summary>
    public void Complete(CaptureReport report, string? reportPath)
    {
        TelemetryEvent completed = CaptureEvents.Completed(report, reportPath);
        AddPhases(report);
        foreach (SnapshotSummary snapshot in report.Snapshots)
        {
            activity?.AddEvent(CaptureEvents.Snapshot(snapshot).ToSpanEvent(snapshot.TakenAt));
        }

        foreach (Profiling.Diff.Finding finding in report.Findings)
        {
            TelemetryEvent evidence = CaptureEvents.Finding(report, finding);
            if (finding.Rank <= MostFindingsOnSpan)
            {
                activity?.AddEvent(evidence.ToSpanEvent(report.CompletedAt));
            }

            Log(LogLevel.Warning, evidence);
        }

        Log(LevelOf(report), completed);
        End(completed, CaptureEvents.IsError(report.Outcome) ? report.OutcomeReason : null, report.CompletedAt);
    }

    /// <summary>There is no report at all.</summary>
    public void Fail(string errorType, string message, DateTimeOffset at)
    {
        TelemetryEvent failed = CaptureEvents.Failed(worker, errorType, message);
        Log(LogLevel.Error, failed);
        End(failed, message, at);
    }

    public void Dispose() => activity?.Dispose();

    /// <summary>Writes a log event that belongs to this capture's trace.</summary>
    public void Log(LogLevel level, TelemetryEvent evidence)
    {
        Activity? interrupted = Activity.Current;
        Activity.Current = activity;
        try
        {
            logger.Log(level, new EventId(0, evidence.Name), evidence, exception: null, static (state, _) => state.Body);
        }
        finally
        {
            Activity.Current = interrupted;
        }
    }

    private static LogLevel LevelOf(CaptureReport report) =>
        CaptureEvents.IsError(report.Outcome) ? LogLevel.Error
        : report.Outcome != CaptureOutcome.Completed || report.Findings.Count != 0 ? LogLevel.Warning
        : LogLevel.Information;

    private void End(TelemetryEvent last, string? error, DateTimeOffset at)
    {
        foreach ((string name, object? value) in last.Where(attribute => attribute.Key != TelemetryNames.Attributes.EventName))
        {
            activity?.SetTag(name, value);
        }

        if (error is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error);
        }

        activity?.SetEndTime(at.UtcDateTime);
        Dispose();
    }

    /// <summary>The phases as children, with the times at which they really were.</summary>
    private void AddPhases(CaptureReport report)
    {
        SnapshotSummary? baseline = report.Snapshots.FirstOrDefault(snapshot => snapshot.Role == SnapshotRole.Baseline);
        SnapshotSummary? final = report.Snapshots.FirstOrDefault(snapshot => snapshot.Role == SnapshotRole.Final);
        if (baseline is null)
        {
            return;
        }

        AddPhase(TelemetryNames.Spans.Baseline, baseline.TakenAt, EndOf(baseline));
        AddPhase(TelemetryNames.Spans.Window, EndOf(baseline), final?.TakenAt ?? report.CompletedAt);
        if (final is not null)
        {
            AddPhase(TelemetryNames.Spans.Final, final.TakenAt, EndOf(final));
            AddPhase(TelemetryNames.Spans.Diff, EndOf(final), report.CompletedAt);
        }
    }

    private void AddPhase(string name, DateTimeOffset from, DateTimeOffset to)
    {
        if (activity is null)
        {
            return;
        }

        Activity? interrupted = Activity.Current;
        using Activity? phase = source.StartActivity(name, ActivityKind.Internal, activity.Context, startTime: from);
        phase?.SetEndTime((to < from ? from : to).UtcDateTime);
        phase?.Stop();
        Activity.Current = interrupted;
    }

    private static DateTimeOffset EndOf(SnapshotSummary snapshot) => snapshot.TakenAt + TimeSpan.FromMilliseconds(snapshot.DurationMilliseconds);
}
