namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>What a copy of a process is expected to need in the process's own control group.</summary>
internal static class CopyCost
{
    /// <summary>A page table entry of 8 bytes maps a page of 4,096; fork copies those of anonymous memory.</summary>
    private const int MemoryPerPageTable = 512;

    /// <summary>Upper levels, kernel stacks and structures of the copy, and page tables of mappings that are mostly empty.</summary>
    private const long FixedBytes = 8L << 20;

    /// <summary>
    /// What a worker under load writes to while its copy is read, which the kernel then has to duplicate: a tenth. A generation 0 budget and
    /// the hot part of the heap are less for most; one whose garbage collector compacts everything meanwhile needs more, which is what
    /// <see cref="HeadroomWatch"/> is for.
    /// </summary>
    private const int WrittenPart = 10;

    public static long Expect(long rssBytes) => ((rssBytes + MemoryPerPageTable - 1) / MemoryPerPageTable) + FixedBytes + (rssBytes / WrittenPart);
}
