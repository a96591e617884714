using System.Globalization;
using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;
using Names = HeapDrift.Instrumentation.TelemetryNames.Attributes;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>
/// The parts of a report as attributes, before <see cref="AttributeLimits"/>. Words are those of report.json, durations are seconds.
/// </summary>
internal static class CaptureAttributes
{
    public static IEnumerable<KeyValuePair<string, object?>> Of(CaptureTrigger trigger, WorkerIdentity worker) =>
    [
        new(Names.ProcessPid, worker.Pid),
        new(Names.Trigger, Word(trigger.Kind)),
        new(Names.AlertName, trigger.AlertName),
        new(Names.AlertFingerprint, trigger.AlertFingerprint),
    ];

    /// <summary>How a capture ended, beside what <see cref="Of(CaptureTrigger, WorkerIdentity)"/> knew from its start.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Of(CaptureReport report, string? reportPath) =>
    [
        new(Names.CaptureId, report.CaptureId),
        new(Names.StartedAt, report.StartedAt),
        new(Names.CompletedAt, report.CompletedAt),
        new(Names.Engine, report.Snapshots is [var snapshot, ..] ? snapshot.Engine : null),
        new(Names.Outcome, Word(report.Outcome)),
        new(Names.Verdict, Word(report.Verdict)),
        new(Names.Findings, report.Findings.Count),
        new(Names.ReportPath, reportPath),
        new(Names.ErrorType, IsError(report.Outcome) ? Word(report.Outcome) : null),
    ];

    /// <summary>Of an attempt of the agent that left no report.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> OfFailure(string captureId, CaptureOutcome outcome, DateTimeOffset startedAt, DateTimeOffset at) =>
    [
        new(Names.CaptureId, captureId),
        new(Names.StartedAt, startedAt),
        new(Names.CompletedAt, at),
        new(Names.Outcome, Word(outcome)),
        new(Names.ErrorType, IsError(outcome) ? Word(outcome) : null),
    ];

    /// <summary>Of a capture that left no report.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> OfFailure(string errorType, DateTimeOffset startedAt, DateTimeOffset at) =>
    [
        new(Names.StartedAt, startedAt),
        new(Names.CompletedAt, at),
        new(Names.Outcome, Word(CaptureOutcome.Failed)),
        new(Names.ErrorType, errorType),
    ];

    public static IEnumerable<KeyValuePair<string, object?>> Of(SnapshotSummary snapshot, string captureId) =>
    [
        new(Names.CaptureId, captureId),
        new(Names.SnapshotRole, Word(snapshot.Role)),
        new(Names.Engine, snapshot.Engine),
        new(Names.SnapshotPause, snapshot.PauseMilliseconds / 1000),
        new(Names.SnapshotDuration, snapshot.DurationMilliseconds / 1000),
        new(Names.SnapshotObjects, snapshot.LiveObjects),
        new(Names.SnapshotBytes, snapshot.LiveBytes),
        new(Names.SnapshotComplete, snapshot.Complete),
        new(Names.SnapshotCoverage, snapshot.Coverage),
    ];

    public static IEnumerable<KeyValuePair<string, object?>> Of(Finding finding, string captureId) =>
    [
        new(Names.CaptureId, captureId),
        new(Names.FindingRank, finding.Rank),
        new(Names.FindingFingerprint, finding.Fingerprint),
        new(Names.FindingStatus, Word(finding.Status)),
        new(Names.FindingOrigin, Word(finding.Origin)),
        new(Names.FindingType, finding.Type),
        new(Names.FindingHolder, finding.Holder),
        new(Names.FindingPath, finding.Path),
        new(Names.FindingObjectsDelta, finding.ObjectsDelta),
        new(Names.FindingBytesDelta, finding.BytesDelta),
        new(Names.FindingRetainedBytesDelta, finding.RetainedBytesDelta),
        new(Names.FindingShareOfGrowth, finding.ShareOfGrowth),
        new(Names.FindingVerdict, Word(finding.Verdict)),
        new(Names.FindingKnownSince, finding.KnownSince),
        new(Names.AllocationNote, finding.AllocationNote),
        .. finding.AllocationSites is [var largest, ..] ? Of(largest) : [],
    ];

    public static IEnumerable<KeyValuePair<string, object?>> Of(TypeGrowth type, int rank, string captureId) =>
    [
        new(Names.CaptureId, captureId),
        new(Names.TypeRank, rank),
        new(Names.TypeName, type.Name),
        new(Names.TypeModule, type.Module),
        new(Names.TypeObjectsDelta, type.ObjectsDelta),
        new(Names.TypeBytesDelta, type.BytesDelta),
    ];

    /// <summary>The line to open is that of the first frame whose symbols are there: the platform's are not.</summary>
    private static IEnumerable<KeyValuePair<string, object?>> Of(AllocationSite site)
    {
        AllocationFrame? line = site.Frames.FirstOrDefault(frame => frame.File is not null) ?? (site.Frames is [var leaf, ..] ? leaf : null);
        return
        [
            new(Names.AllocationBytes, site.EstimatedBytes),
            new(Names.AllocationSamples, site.Samples),
            new(Names.AllocationError, site.RelativeError),
            new(Names.CodeFunction, line?.Function),
            new(Names.CodeFile, line?.File),
            new(Names.CodeLine, line?.Line),
            new(Names.CodeStacktrace, string.Join('\n', site.Frames.Select(Text))),
        ];
    }

    /// <summary>As .NET writes a stack trace.</summary>
    private static string Text(AllocationFrame frame) => frame.File is null
        ? $"   at {frame.Function}"
        : string.Create(CultureInfo.InvariantCulture, $"   at {frame.Function} in {frame.File}:line {frame.Line}");

    /// <summary>A worker that ends, an operator who changes his mind and evidence with gaps are answers, not errors.</summary>
    public static bool IsError(CaptureOutcome outcome) =>
        outcome is CaptureOutcome.Failed or CaptureOutcome.NotPermitted or CaptureOutcome.NotFound;

    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
