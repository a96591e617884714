namespace HeapDrift.Profiling.Heap;

/// <summary>The live heap of one worker at one moment, whichever engine saw it.</summary>
internal sealed record HeapSnapshot
{
    /// <summary><c>eventpipe</c> or <c>copy-on-write</c>.</summary>
    public required string Engine { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>How long the managed threads of the worker stood still. Null when that was not seen.</summary>
    public required TimeSpan? Pause { get; init; }

    /// <summary>From the moment the worker was first touched, which for a frozen copy is the freeze, to the finished model.</summary>
    public required TimeSpan Duration { get; init; }

    public required long LiveObjects { get; init; }

    public required long LiveBytes { get; init; }

    public required IReadOnlyList<TypeUsage> Types { get; init; }

    public required RetentionTree Retention { get; init; }

    /// <summary>What is missing, a sentence each. A snapshot with gaps is never compared.</summary>
    public required IReadOnlyList<string> Gaps { get; init; }

    /// <summary>
    /// From the first object to the last of each part of the heap, live or not, with the free space between. Null where it is not known.
    /// </summary>
    public long? UsedBytes { get; init; }

    /// <summary>Null where no allocations were sampled before it.</summary>
    public SnapshotSurvivors? Survivors { get; init; }

    public bool IsComplete => Gaps.Count == 0;

    /// <summary>Share of the live bytes that the runtime itself counted, 0 to 1. Null when the runtime did not say.</summary>
    public required double? Coverage { get; init; }
}
