using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Flames;

namespace HeapDrift.Profiling.Reports;

/// <summary>What people look at beside a report and programs do not need: it has no place in report.json.</summary>
internal sealed record ReportEvidence
{
    public static ReportEvidence None { get; } = new();

    /// <summary>Null where nothing was compared.</summary>
    public GrowthFlame? Growth { get; init; }

    /// <summary>
    /// Every stack that allocated what survived, each with its leaf first, those with few samples included; empty where that was not followed.
    /// </summary>
    public IReadOnlyList<AllocationSite> Survivors { get; init; } = [];

    /// <param name="heap">Null where nothing was compared.</param>
    /// <param name="survivors">Null where allocations were not followed.</param>
    public static ReportEvidence Of(GrowthNode? heap, IReadOnlyList<AllocationSite>? survivors) => new()
    {
        Growth = heap is null ? null : GrowthFlame.Of(heap),
        Survivors = survivors ?? [],
    };
}
