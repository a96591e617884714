namespace HeapDrift.Profiling.Watching;

/// <summary>
/// The categories of a <see cref="MemoryLedger"/>, as far as the kernel's list of mappings tells them apart. Every byte of PSS is in
/// exactly one.
/// </summary>
internal static class MemoryCategory
{
    /// <summary>
    /// Memory in the address space that the garbage collector reserved: objects, free space between them, and the collector's own tables.
    /// Only of a process that maps the .NET runtime.
    /// </summary>
    public const string GCHeap = "gc_heap";

    /// <summary>Of <see cref="GCHeap"/>, where a snapshot or the collector tells: objects that something holds, or that the last collection left.</summary>
    public const string GCLive = "gc_live";

    /// <summary>Of <see cref="GCHeap"/>, where a snapshot or the collector tells: between live objects, free or not collected yet.</summary>
    public const string GCFree = "gc_free";

    /// <summary>Of <see cref="GCHeap"/>, where a snapshot or the collector tells: the rest, committed and not in use, and the collector's own tables.</summary>
    public const string GCReserve = "gc_reserve";

    /// <summary>
    /// Memory that is executed or that the runtime maps in order to write what is executed: jitted code, stubs, and the loader's heaps, which
    /// come from the same allocator. The code of libraries is in <see cref="Files"/>.
    /// </summary>
    public const string Code = "code";

    /// <summary>Stacks of threads, that of the main thread included.</summary>
    public const string Stacks = "stacks";

    /// <summary>Programs, libraries and other mapped files, with those of their pages that the process changed.</summary>
    public const string Files = "files";

    /// <summary>Memory without a file that can be shared: memfd, /dev/shm, System V, anonymous shared memory.</summary>
    public const string Shared = "shared";

    /// <summary>The classical heap of a process without .NET, which grows by brk(2). In a .NET process it is <see cref="Native"/>.</summary>
    public const string Heap = "heap";

    /// <summary>All other private memory: what malloc maps, what libraries allocate.</summary>
    public const string Native = "native";

    /// <summary>For people; a word that is no category stays as it is.</summary>
    public static string NameOf(string category) => category switch
    {
        GCHeap => "managed heap",
        GCLive => "managed: live",
        GCFree => "managed: free, not collected",
        GCReserve => "managed: in reserve",
        Code => "JIT and code",
        Stacks => "thread stacks",
        Files => "mapped files",
        Shared => "shared memory",
        Heap => "heap",
        Native => "native",
        _ => category,
    };
}
