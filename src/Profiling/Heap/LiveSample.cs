namespace HeapDrift.Profiling.Heap;

/// <summary>A sampled object that a snapshot found alive.</summary>
/// <param name="Address">Where it lies in that snapshot.</param>
/// <param name="Node">The node of its path in the snapshot's retention tree.</param>
internal readonly record struct LiveSample(ulong Address, int Node);
