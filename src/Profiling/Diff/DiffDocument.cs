using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Diff;

/// <summary>What <c>heapdrift diff</c> prints: the part of a report that two snapshots alone can give.</summary>
internal sealed record DiffDocument
{
    public int SchemaVersion { get; init; } = CaptureReport.CurrentSchemaVersion;

    public required Verdict Verdict { get; init; }

    public required IReadOnlyList<SnapshotSummary> Snapshots { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyList<TypeGrowth> Types { get; init; }
}
