using System.Diagnostics;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>
/// A capture that is under way, from <see cref="CaptureTelemetry.Begin"/> to the first of <see cref="Complete"/>, <see cref="Fail"/> and
/// <see cref="Dispose"/>; what comes after that does nothing. For one caller at a time.
/// </summary>
internal sealed class CaptureSpan(ILogger logger, Activity? activity, CaptureTrigger trigger, WorkerIdentity worker) : IDisposable
{
    /// <summary>More would bury the trace view; the log has them all.</summary>
    public const int MostFindings = 10;

    /// <summary>What a person looks at; report.json has every type.</summary>
    public const int MostTypes = 10;

    private bool _ended;

    public required DateTimeOffset StartedAt { get; init; }

    public CaptureMeter? Meter { get; init; }

    /// <summary>
    /// Runs something inside the span: logs get its trace id, measurements their exemplars. The caller's current activity is back
    /// afterwards, whatever the action did. Without listeners nothing is current meanwhile: a capture is not part of a request.
    /// </summary>
    public void Run(Action action)
    {
        Activity? callers = Activity.Current;
        MakeCurrent(activity);
        try
        {
            action();
        }
        finally
        {
            MakeCurrent(callers);
        }
    }

    public void Complete(CaptureReport report, string? reportPath) => End(report.CompletedAt, () =>
    {
        TelemetryEvent completed = CaptureEvents.Completed(report, reportPath);
        Describe(completed, CaptureAttributes.IsError(report.Outcome), report.OutcomeReason);
        AddPhases(report);
        AddSnapshots(report);
        AddFindings(report);
        WriteTypes(report);
        completed.WriteTo(logger, SeverityOf(report));
        Meter?.Completed(report);
    });

    /// <summary>For a capture without a report: its helper could not be started, or said nothing that could be read.</summary>
    /// <param name="errorType">Of low cardinality: an outcome or the full name of an exception's type.</param>
    /// <param name="message">One sentence for the operator.</param>
    /// <param name="at">When it was known.</param>
    public void Fail(string errorType, string message, DateTimeOffset at) => End(at, () =>
    {
        TelemetryEvent failed = CaptureEvents.Failed((trigger, worker), message, CaptureAttributes.OfFailure(errorType, StartedAt, at));
        Describe(failed, isError: true, message);
        failed.WriteTo(logger, LogLevel.Error);
        Meter?.Failed(trigger.Kind, at - StartedAt);
    });

    /// <summary>Ends the span now, without an outcome, if nothing else has ended it.</summary>
    public void Dispose() => End(at: null, static () => { });

    /// <summary>The runtime silently refuses one that has ended: then none is current, never the one that was before.</summary>
    public static void MakeCurrent(Activity? activity)
    {
        Activity.Current = null;
        Activity.Current = activity;
    }

    private void End(DateTimeOffset? at, Action lastWords)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        Run(() =>
        {
            try
            {
                lastWords();
            }
            finally
            {
                Stop(activity, at);
            }
        });
    }

    private void Describe(TelemetryEvent end, bool isError, string? reason)
    {
        foreach ((string name, object? value) in end.Where(attribute => attribute.Key != TelemetryNames.Attributes.EventName))
        {
            activity?.SetTag(name, value);
        }

        if (isError)
        {
            activity?.SetStatus(ActivityStatusCode.Error, reason is null ? null : AttributeLimits.Cut(reason));
        }
    }

    /// <summary>Only what happened: a worker that exits in the window leaves a baseline and a window, one never found nothing.</summary>
    private void AddPhases(CaptureReport report)
    {
        SnapshotSummary? baseline = report.Snapshots.FirstOrDefault(snapshot => snapshot.Role == SnapshotRole.Baseline);
        SnapshotSummary? final = report.Snapshots.FirstOrDefault(snapshot => snapshot.Role == SnapshotRole.Final);
        if (baseline is not null)
        {
            AddSnapshotPhase(TelemetryNames.Spans.Baseline, baseline, report.CaptureId);
        }

        if (baseline is not null && (final is not null || baseline.Complete))
        {
            AddPhase(TelemetryNames.Spans.Window, EndOf(baseline), final?.TakenAt ?? report.CompletedAt, []);
        }

        if (final is not null)
        {
            AddSnapshotPhase(TelemetryNames.Spans.Final, final, report.CaptureId);
        }

        if (baseline is { Complete: true } && final is { Complete: true })
        {
            AddPhase(TelemetryNames.Spans.Diff, EndOf(final), report.CompletedAt, []);
        }
    }

    private void AddSnapshotPhase(string name, SnapshotSummary snapshot, string captureId) =>
        AddPhase(name, snapshot.TakenAt, EndOf(snapshot), AttributeLimits.Apply(CaptureAttributes.Of(snapshot, captureId)));

    private void AddPhase(string name, DateTimeOffset from, DateTimeOffset to, IEnumerable<KeyValuePair<string, object?>> tags) =>
        Stop(activity?.Source.StartActivity(name, ActivityKind.Internal, activity.Context, tags, links: null, from), to);

    private void AddSnapshots(CaptureReport report)
    {
        foreach (SnapshotSummary snapshot in report.Snapshots)
        {
            activity?.AddEvent(CaptureEvents.Took(snapshot, report.CaptureId).At(EndOf(snapshot)));
        }
    }

    private void AddFindings(CaptureReport report)
    {
        for (int i = 0; i < report.Findings.Count; i++)
        {
            TelemetryEvent found = CaptureEvents.Found(report.Findings[i], report.CaptureId);
            if (i < MostFindings)
            {
                activity?.AddEvent(found.At(report.CompletedAt));
            }

            found.WriteTo(logger, LogLevel.Warning);
        }
    }

    private void WriteTypes(CaptureReport report)
    {
        foreach ((int index, TypeGrowth type) in report.Types.Where(type => type.BytesDelta > 0).Take(MostTypes).Index())
        {
            CaptureEvents.Grew(type, index + 1, report.CaptureId).WriteTo(logger, LogLevel.Information);
        }
    }

    private static LogLevel SeverityOf(CaptureReport report) =>
        CaptureAttributes.IsError(report.Outcome) ? LogLevel.Error
        : report.Findings.Count > 0 ? LogLevel.Warning
        : LogLevel.Information;

    private static DateTimeOffset EndOf(SnapshotSummary snapshot) => snapshot.TakenAt.AddMilliseconds(snapshot.DurationMilliseconds);

    private static void Stop(Activity? phase, DateTimeOffset? at)
    {
        if (at is { } end)
        {
            phase?.SetEndTime(end.UtcDateTime);
        }

        phase?.Stop();
    }
}
