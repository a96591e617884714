using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Diff;

/// <summary>What is known besides two snapshots.</summary>
internal sealed record DiffEvidence
{
    public static DiffEvidence None { get; } = new();

    /// <summary>Complete snapshots between the two, in order: growth must hold in each interval to be called a leak.</summary>
    public IReadOnlyList<HeapSnapshot> Between { get; init; } = [];

    /// <summary>Who allocated what is alive in the last one; null where that was not followed.</summary>
    public SurvivingAllocations? Allocations { get; init; }

    /// <summary>Why not, in a sentence; null where nobody was to follow, or could.</summary>
    public string? WhyNoAllocations { get; init; }

    /// <summary>The process's memory beside each snapshot, in order; those that could not be read are missing.</summary>
    public IReadOnlyList<MemoryReading> Memory { get; init; } = [];

    /// <summary>Collections of the whole heap that were seen meanwhile; null where nobody listened.</summary>
    public int? FullCollections { get; init; }

    /// <summary>Leaks that were seen before, by fingerprint.</summary>
    public IReadOnlyDictionary<string, Sighting> Known { get; init; } = new Dictionary<string, Sighting>();
}

/// <summary>What is remembered of a leak.</summary>
/// <param name="Status">Known, or regressed.</param>
/// <param name="Since">When it was first seen.</param>
internal readonly record struct Sighting(FindingStatus Status, DateTimeOffset Since);
