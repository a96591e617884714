namespace HeapDrift.Collector.Collections;

/// <summary>The heap by generation: 0, 1, 2, large and pinned objects, as in <c>GCMemoryInfo.GenerationInfo</c>.</summary>
/// <param name="SizeBytes">Free space between objects included.</param>
/// <param name="FragmentationBytes">That free space.</param>
internal sealed record GcGenerations(IReadOnlyList<long> SizeBytes, IReadOnlyList<long> FragmentationBytes)
{
    /// <summary>The names of the semantic conventions, in the order of the figures.</summary>
    public static IReadOnlyList<string> Names { get; } = ["gen0", "gen1", "gen2", "loh", "poh"];

    public long LiveBytes => SizeBytes.Sum() - FragmentationBytes.Sum();
}
