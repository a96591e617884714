using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Profiling.Heap;

/// <summary>What a snapshot adds to the sampled allocations of the window before it.</summary>
internal sealed record SnapshotSurvivors
{
    /// <summary>Those that are alive; the others are gone.</summary>
    public required IReadOnlyList<LiveSample> Live { get; init; }

    /// <summary>The methods of their stacks, by return address. What is missing is no method of the runtime's.</summary>
    public required IReadOnlyDictionary<ulong, RawFrame> Frames { get; init; }
}
