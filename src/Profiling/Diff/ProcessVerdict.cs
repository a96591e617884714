using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Diff;

/// <summary>What the memory of a process says where no live object does: growth that is not managed is called so.</summary>
internal static class ProcessVerdict
{
    /// <summary>A runtime that compiles, opens connections and gets its thread pool going takes some megabytes for itself.</summary>
    private const long FloorBytes = 8 << 20;

    /// <summary>And more of them where the process is large.</summary>
    private const double FloorShare = 0.03;

    /// <summary>
    /// What is free at any moment is mostly garbage of the last milliseconds, some ten megabytes where the collector has found that much worth while. Holes
    /// that are to be called fragmentation are more than that, and more than what is live.
    /// </summary>
    private const long FragmentationBytes = 32 << 20;

    /// <summary>One may have begun before the first snapshot.</summary>
    private const int FullCollectionsForFragmentation = 2;

    private static readonly string[] Unused = [MemoryCategory.GCFree, MemoryCategory.GCReserve];

    private static readonly string[] Managed = [MemoryCategory.GCLive, .. Unused, MemoryCategory.GCHeap];

    private static readonly string[] Code = [MemoryCategory.Code];

    /// <summary>
    /// While a service warms up, its compiler takes about this many times what it compiles (8 MB beside 3 MB of code within ten seconds of an ASP.NET Core
    /// service), and keeps it.
    /// </summary>
    private const int CompilerShare = 2;

    /// <summary>
    /// Whoever maps the same file and ends leaves its share of the pages to those that still map it: their proportional memory grows by megabytes (the
    /// runtime's libraries alone are 40 MB) while they do nothing. What is resident then stays as it was.
    /// </summary>
    private static readonly string[] Mapped = [MemoryCategory.Files, MemoryCategory.Shared];

    /// <summary>Null where the process did not grow, or nothing can be said.</summary>
    /// <param name="memory">In order. The first and the last with the parts of the managed heap; without them others tell of native growth only.</param>
    /// <param name="fullCollections">Collections of the whole heap meanwhile; null where that is not known.</param>
    public static Verdict? Of(IReadOnlyList<MemoryReading> memory, int? fullCollections)
    {
        if (memory.Count < 2 || !IsDivided(memory[0]) || !IsDivided(memory[^1]))
        {
            return null;
        }

        long floor = Math.Max(FloorBytes, (long)(memory[0].PssBytes * FloorShare));
        if (memory[^1].PssBytes - memory[0].PssBytes < floor)
        {
            return null;
        }

        long native = floor + WarmUp(memory[0], memory[^1], floor);
        if (HoldsOn(memory, reading => NotManaged(reading) - Sum(reading, Mapped), native)
            || (HoldsOn(memory, NotManaged, native) && memory[^1].RssBytes - memory[0].RssBytes >= floor))
        {
            return Verdict.NativeGrowth;
        }

        return !HoldsOn([.. memory.Where(IsDivided)], reading => Sum(reading, Unused), floor) ? null
            : fullCollections is 0 ? Verdict.NoGcYet
            : fullCollections >= FullCollectionsForFragmentation && IsMostlyHoles(memory[0], memory[^1]) ? Verdict.Fragmentation
            : null;
    }

    private static bool IsDivided(MemoryReading reading) => reading.Categories.ContainsKey(MemoryCategory.GCLive);

    /// <summary>What compiling explains. Where code alone grows by more than the floor, code is what grows.</summary>
    private static long WarmUp(MemoryReading before, MemoryReading after, long floor) =>
        Sum(after, Code) - Sum(before, Code) is > 0 and long compiled && compiled < floor ? compiled * CompilerShare : 0;

    private static bool IsMostlyHoles(MemoryReading before, MemoryReading after) =>
        Sum(after, Unused) - Sum(before, Unused) >= FragmentationBytes && Sum(after, Unused) > after.Categories[MemoryCategory.GCLive];

    /// <summary>Bytes of a process that are no part of its managed heap.</summary>
    private static long NotManaged(MemoryReading reading) => reading.PssBytes - Sum(reading, Managed);

    /// <summary>More than half of the growth, more than the floor, and in every interval.</summary>
    private static bool HoldsOn(IReadOnlyList<MemoryReading> memory, Func<MemoryReading, long> part, long floor)
    {
        long grown = part(memory[^1]) - part(memory[0]);
        return grown >= floor
            && grown > (memory[^1].PssBytes - memory[0].PssBytes) / 2
            && GrowthSeries.Judge([.. memory.Select((reading, at) => (reading.Seconds ?? at, (double)part(reading)))]) == Verdict.ManagedLeak;
    }

    private static long Sum(MemoryReading reading, string[] categories) => categories.Sum(category => reading.Categories.GetValueOrDefault(category));
}
