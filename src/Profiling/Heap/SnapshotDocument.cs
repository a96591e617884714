using System.Text.Json.Serialization;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Heap;

/// <summary>
/// A snapshot as a file: what <c>heapdrift snapshot</c> prints and keeps, and what <c>heapdrift diff</c> reads. A snapshot taken for
/// itself has the role of a baseline.
/// </summary>
internal sealed record SnapshotDocument : SnapshotSummary
{
    /// <summary>Whose heap it is, so that a comparison of two workers is noticed. Null in a file that does not say.</summary>
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WorkerIdentity? Worker { get; init; }

    /// <summary>After the summary, so that a person who opens the file sees that first.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<TypeUsage> Types { get; init; }

    /// <summary>Null in a file that has types only; a comparison then cannot say who holds what.</summary>
    [JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RetentionDocument? Retention { get; init; }

    [JsonPropertyOrder(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? UsedBytes { get; init; }

    /// <summary>Between two processes of one capture only: addresses mean nothing later.</summary>
    [JsonPropertyOrder(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SnapshotSurvivors? Survivors { get; init; }
}

/// <summary>A <see cref="RetentionTree"/> as two tables, since most steps occur on many paths.</summary>
internal sealed record RetentionDocument
{
    public required IReadOnlyList<PathStep> Steps { get; init; }

    /// <summary>Parents come before their children; the first entry is the heap itself with parent -1.</summary>
    public required IReadOnlyList<RetentionDocumentNode> Nodes { get; init; }
}

internal sealed record RetentionDocumentNode(int Parent, int Step, long Objects, long Bytes);
