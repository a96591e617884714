using System.Globalization;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;
using Names = HeapDrift.Instrumentation.TelemetryNames.Events;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>The events of a capture with their sentences.</summary>
internal static class CaptureEvents
{
    // The log events of captures have the ids 100 to 109 of this category.
    private static readonly EventId StartedId = new(100, Names.CaptureStarted);
    private static readonly EventId CompletedId = new(101, Names.CaptureCompleted);
    private static readonly EventId FindingId = new(102, Names.Finding);
    private static readonly EventId SnapshotId = new(103, Names.Snapshot);
    private static readonly EventId TypeGrowthId = new(104, Names.TypeGrowth);

    /// <param name="trigger">What started it.</param>
    /// <param name="worker">Whom it is about.</param>
    /// <param name="startedAt">When.</param>
    /// <param name="captureId">Null where it is not known yet.</param>
    public static TelemetryEvent Started(CaptureTrigger trigger, WorkerIdentity worker, DateTimeOffset startedAt, string? captureId = null)
    {
        string alert = trigger.AlertName is { } name ? $" {name}" : "";
        return new(
            StartedId,
            $"Capture of {Name(worker)} started by {CaptureAttributes.Word(trigger.Kind)}{alert}",
            [.. CaptureAttributes.Of(trigger, worker), new(TelemetryNames.Attributes.CaptureId, captureId), new(TelemetryNames.Attributes.StartedAt, startedAt)]);
    }

    public static TelemetryEvent Completed(CaptureReport report, string? reportPath)
    {
        string outcome = CaptureAttributes.Word(report.Outcome);
        string verdict = CaptureAttributes.Word(report.Verdict);
        string ending = report switch
        {
            { Outcome: CaptureOutcome.Completed, Findings: [var largest, ..] } => $"completed, {verdict}: {largest.Summary}",
            { Outcome: CaptureOutcome.Completed, Verdict: Verdict.NoGrowth } => $"completed, {verdict}: nobody to accuse",
            { Outcome: CaptureOutcome.Completed } => $"completed, {verdict}: no object of the managed heap to accuse",
            { OutcomeReason: { } reason } => $"ended, {outcome}: {reason}",
            _ => $"ended, {outcome}",
        };
        return new(
            CompletedId,
            $"Capture of {Name(report.Worker)} {ending}",
            [.. CaptureAttributes.Of(report.Trigger, report.Worker), .. CaptureAttributes.Of(report, reportPath)]);
    }

    /// <summary>The end of a capture that left no report.</summary>
    public static TelemetryEvent Failed(
        (CaptureTrigger Trigger, WorkerIdentity Worker) capture, string message, IEnumerable<KeyValuePair<string, object?>> failure, CaptureOutcome outcome = CaptureOutcome.Failed) =>
        new(
            CompletedId,
            $"Capture of {Name(capture.Worker)} ended, {CaptureAttributes.Word(outcome)}: {message}",
            [.. CaptureAttributes.Of(capture.Trigger, capture.Worker), .. failure]);

    public static TelemetryEvent Found(Finding finding, string captureId) =>
        new(FindingId, finding.Summary, CaptureAttributes.Of(finding, captureId));

    public static TelemetryEvent Grew(TypeGrowth type, int rank, string captureId) => new(
        TypeGrowthId,
        Invariant($"{type.Name} grew by {type.ObjectsDelta:N0} objects, {type.BytesDelta:N0} bytes"),
        CaptureAttributes.Of(type, rank, captureId));

    public static TelemetryEvent Took(SnapshotSummary snapshot, string captureId) => new(
        SnapshotId,
        Invariant($"The {CaptureAttributes.Word(snapshot.Role)} snapshot has {snapshot.LiveObjects:N0} live objects"),
        CaptureAttributes.Of(snapshot, captureId));

    private static string Name(WorkerIdentity worker) => Invariant($"{worker.Name} (process {worker.Pid})");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
