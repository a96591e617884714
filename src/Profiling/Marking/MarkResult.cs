using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Marking;

/// <summary>What the marker saw, and what it had to pass over.</summary>
internal sealed record MarkResult
{
    /// <summary>Types with at least one live object, the most bytes first.</summary>
    public required IReadOnlyList<TypeUsage> Types { get; init; }

    public required RetentionTree Retention { get; init; }

    /// <summary>Those of the sampled objects that are live, in no order.</summary>
    public required IReadOnlyList<LiveSample> Sampled { get; init; }

    /// <summary>Roots that point to no object. Some are usual: a register may still hold what is no longer there.</summary>
    public required long InvalidRoots { get; init; }

    /// <summary>References in objects that point outside of the heap.</summary>
    public required long InvalidReferences { get; init; }

    /// <summary>References in objects that point to a place without a valid object.</summary>
    public required long InvalidObjects { get; init; }

    /// <summary>Bytes of the heap that could not be read.</summary>
    public required long MissingBytes { get; init; }

    /// <summary>The most memory that the references between two levels took.</summary>
    public required long OutboxBytes { get; init; }
}
