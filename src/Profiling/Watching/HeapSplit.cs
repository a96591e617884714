using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Watching;

/// <summary>Divides what the kernel knows as the collector's memory by what a snapshot of the same moment says of it.</summary>
internal static class HeapSplit
{
    /// <summary>The parts add up to what was divided. Pages that are swapped out, or were never touched, are in no part.</summary>
    /// <param name="memory">With <see cref="MemoryCategory.GCHeap"/>; any other is left as it is.</param>
    /// <param name="liveBytes">Of the snapshot.</param>
    /// <param name="usedBytes">From the first object to the last of each part of the heap; null where that is not known.</param>
    public static MemoryReading Divide(MemoryReading memory, long liveBytes, long? usedBytes) => usedBytes is { } used && memory.Categories.ContainsKey(MemoryCategory.GCHeap)
        ? memory with { Categories = Divide(memory.Categories, liveBytes, used) }
        : memory;

    /// <inheritdoc cref="Divide(MemoryReading, long, long?)"/>
    public static IReadOnlyDictionary<string, long> Divide(IReadOnlyDictionary<string, long> memory, long liveBytes, long used)
    {
        if (!memory.TryGetValue(MemoryCategory.GCHeap, out long heap))
        {
            return memory;
        }

        long live = Math.Min(liveBytes, heap);
        long free = Math.Clamp(used - live, 0, heap - live);
        var categories = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            [MemoryCategory.GCLive] = live,
            [MemoryCategory.GCFree] = free,
            [MemoryCategory.GCReserve] = heap - live - free,
        };
        foreach ((string category, long bytes) in memory.Where(category => category.Key != MemoryCategory.GCHeap))
        {
            categories[category] = bytes;
        }

        return categories;
    }
}
