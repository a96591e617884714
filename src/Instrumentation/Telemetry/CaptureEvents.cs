using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;
using Names = HeapDrift.Instrumentation.TelemetryNames.Attributes;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>Which attributes each piece of evidence carries (the telemetry contract).</summary>
internal static class CaptureEvents
{
    public static TelemetryEvent Started(CaptureTrigger trigger, WorkerIdentity worker) => new(
        TelemetryNames.Events.CaptureStarted,
        $"Capture of {worker.Name} (process {worker.Pid}) started by {Word(trigger.Kind)}.",
        (Names.ProcessPid, (long)worker.Pid),
        (Names.Trigger, Word(trigger.Kind)),
        (Names.AlertName, trigger.AlertName),
        (Names.AlertFingerprint, trigger.AlertFingerprint));

    public static TelemetryEvent Snapshot(SnapshotSummary snapshot) => new(
        TelemetryNames.Events.Snapshot,
        $"{Word(snapshot.Role)} snapshot: {snapshot.LiveObjects} objects, {ByteSize.Format(snapshot.LiveBytes)}.",
        (Names.SnapshotRole, Word(snapshot.Role)),
        (Names.Engine, snapshot.Engine),
        (Names.SnapshotPause, snapshot.PauseMilliseconds / 1000),
        (Names.SnapshotDuration, snapshot.DurationMilliseconds / 1000),
        (Names.SnapshotObjects, snapshot.LiveObjects),
        (Names.SnapshotBytes, snapshot.LiveBytes),
        (Names.SnapshotComplete, snapshot.Complete),
        (Names.SnapshotCoverage, snapshot.Coverage));

    public static TelemetryEvent Finding(CaptureReport report, Finding finding) => new(
        TelemetryNames.Events.Finding,
        finding.Summary,
        (Names.CaptureId, report.CaptureId),
        (Names.ProcessPid, (long)report.Worker.Pid),
        (Names.FindingRank, (long)finding.Rank),
        (Names.FindingFingerprint, finding.Fingerprint),
        (Names.FindingStatus, Word(finding.Status)),
        (Names.FindingOrigin, Word(finding.Origin)),
        (Names.FindingType, finding.Type),
        (Names.FindingHolder, finding.Holder),
        (Names.FindingPath, finding.Path),
        (Names.FindingObjectsDelta, finding.ObjectsDelta),
        (Names.FindingBytesDelta, finding.BytesDelta),
        (Names.FindingRetainedBytesDelta, finding.RetainedBytesDelta),
        (Names.FindingShareOfGrowth, finding.ShareOfGrowth));

    public static TelemetryEvent Completed(CaptureReport report, string? reportPath) => new(
        TelemetryNames.Events.CaptureCompleted,
        report.Outcome == CaptureOutcome.Completed
            ? $"Capture of {report.Worker.Name} (process {report.Worker.Pid}) completed: {Word(report.Verdict)}, {report.Findings.Count} findings."
            : $"Capture of {report.Worker.Name} (process {report.Worker.Pid}) ended as {Word(report.Outcome)}: {report.OutcomeReason}.",
        (Names.CaptureId, report.CaptureId),
        (Names.ProcessPid, (long)report.Worker.Pid),
        (Names.Trigger, Word(report.Trigger.Kind)),
        (Names.AlertName, report.Trigger.AlertName),
        (Names.AlertFingerprint, report.Trigger.AlertFingerprint),
        (Names.Engine, report.Snapshots.Count == 0 ? null : report.Snapshots[0].Engine),
        (Names.Outcome, Word(report.Outcome)),
        (Names.Verdict, Word(report.Verdict)),
        (Names.Findings, (long)report.Findings.Count),
        (Names.ReportPath, reportPath),
        (Names.ErrorType, IsError(report.Outcome) ? Word(report.Outcome) : null));

    public static TelemetryEvent Failed(WorkerIdentity worker, string errorType, string message) => new(
        TelemetryNames.Events.CaptureCompleted,
        message,
        (Names.ProcessPid, (long)worker.Pid),
        (Names.Outcome, Word(CaptureOutcome.Failed)),
        (Names.ErrorType, errorType));

    /// <summary>A worker that ends and an operator who changes his mind are no errors of ours.</summary>
    public static bool IsError(CaptureOutcome outcome) =>
        outcome is CaptureOutcome.Failed or CaptureOutcome.NotPermitted or CaptureOutcome.NotFound;

    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
