using System.Text.Json.Serialization;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;

namespace HeapDrift.Profiling.Reports;

/// <summary>
/// The document that a capture leaves behind: <c>report.json</c>, schema version 1. Only names leave a worker (types, members,
/// methods, files), never the content of an object or the arguments of a command line.
/// </summary>
internal sealed record CaptureReport
{
    public const int CurrentSchemaVersion = 1;

    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    public required string CaptureId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset CompletedAt { get; init; }

    public required CaptureOutcome Outcome { get; init; }

    /// <summary>Why the outcome is not <see cref="CaptureOutcome.Completed"/>, in one sentence; absent when it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OutcomeReason { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Why less was looked at than two whole heaps, in one sentence; absent when they were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EvidenceReason { get; init; }

    public required CaptureTrigger Trigger { get; init; }

    public required WorkerIdentity Worker { get; init; }

    /// <summary>None, one or two, in the order in which they were taken.</summary>
    public required IReadOnlyList<SnapshotSummary> Snapshots { get; init; }

    /// <summary>Snapshots between the two, which show whether the growth held on; absent where none were taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ConfirmingSnapshot>? Confirmations { get; init; }

    public required MemoryComparison Memory { get; init; }

    /// <summary>Ranked, the largest retained growth first. Empty when nothing grew enough to accuse anyone.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Every type whose count or bytes changed, the largest growth first.</summary>
    public required IReadOnlyList<TypeGrowth> Types { get; init; }
}

/// <summary>What started a capture.</summary>
internal sealed record CaptureTrigger
{
    public required TriggerKind Kind { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AlertName { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AlertFingerprint { get; init; }
}

internal enum TriggerKind
{
    Command,
    Signal,
    Alert,
    Detector,
}

/// <summary>Which process was captured, in words that its own telemetry uses too.</summary>
internal sealed record WorkerIdentity
{
    public required int Pid { get; init; }

    public required string Name { get; init; }

    /// <summary>For example <c>10.0.12</c>; null when the runtime did not say.</summary>
    public string? RuntimeVersion { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceName { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceInstanceId { get; init; }
}

/// <summary>One snapshot without its types: what was seen, at what cost for the worker, and how complete it is.</summary>
internal record SnapshotSummary
{
    public required SnapshotRole Role { get; init; }

    /// <summary><c>eventpipe</c> or <c>copy-on-write</c>.</summary>
    public required string Engine { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>How long the runtime kept all managed threads of the worker suspended. Null when that was not seen.</summary>
    public required double? PauseMilliseconds { get; init; }

    public required double DurationMilliseconds { get; init; }

    public required long LiveObjects { get; init; }

    public required long LiveBytes { get; init; }

    public required bool Complete { get; init; }

    /// <summary>Share of the runtime's own live heap size that the snapshot contains, 0 to 1. Null when the runtime did not say its size.</summary>
    public required double? Coverage { get; init; }

    /// <summary>What is missing from an incomplete snapshot, a sentence each; absent when complete.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Gaps { get; init; }
}

/// <summary>A snapshot between the first and the last.</summary>
internal sealed record ConfirmingSnapshot
{
    public required DateTimeOffset TakenAt { get; init; }

    public required double? PauseMilliseconds { get; init; }

    public required long LiveObjects { get; init; }

    public required long LiveBytes { get; init; }
}

internal enum SnapshotRole
{
    Baseline,
    Final,
}

/// <summary>The worker's memory as the kernel counts it, beside each snapshot. Null where it could not be read.</summary>
internal sealed record MemoryComparison
{
    public required MemoryReading? Baseline { get; init; }

    public required MemoryReading? Final { get; init; }
}

/// <summary>One reading of <c>/proc/PID/smaps_rollup</c>, in bytes.</summary>
internal sealed record MemoryReading
{
    public required long PssBytes { get; init; }

    public required long RssBytes { get; init; }

    public required long PrivateBytes { get; init; }

    /// <summary>
    /// Where the proportional bytes are, <see cref="Watching.MemoryCategory"/>; the parts add up to <see cref="PssBytes"/>. Where the mappings could
    /// not be read, the kernel's kinds (anon, file, shmem, and swap beside them).
    /// </summary>
    public required IReadOnlyDictionary<string, long> Categories { get; init; }

    /// <summary>Since the first reading of a capture.</summary>
    [JsonIgnore]
    public double? Seconds { get; init; }
}
