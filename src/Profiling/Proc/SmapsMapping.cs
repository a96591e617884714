namespace HeapDrift.Profiling.Proc;

/// <summary>One mapping of <c>/proc/PID/smaps</c> as far as it is needed, which is less than its name.</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The first address behind it.</param>
/// <param name="Backing">What is behind it.</param>
/// <param name="Traits">Its permissions and those of its flags that tell who made it.</param>
/// <param name="PssBytes">Resident bytes, a page that n processes share counted as one n-th; whole kB, rounded down.</param>
internal readonly record struct SmapsMapping(ulong Start, ulong End, MappingBacking Backing, MappingTraits Traits, long PssBytes)
{
    public ulong Bytes => End - Start;

    public bool Is(MappingTraits traits) => (Traits & traits) == traits;

    /// <summary>Address space without memory: whoever holds it may turn it into memory later, or guards something with it.</summary>
    public bool IsInaccessible => (Traits & (MappingTraits.Readable | MappingTraits.Writable | MappingTraits.Executable)) == 0;
}

internal enum MappingBacking
{
    /// <summary>Private memory of no file, with no name or one that the program gave it (<c>[anon:...]</c>).</summary>
    Anonymous,

    /// <summary>A file, private or shared.</summary>
    File,

    /// <summary>The library of the .NET runtime: a file that tells what kind of process this is.</summary>
    Runtime,

    /// <summary>
    /// The memory file through which the .NET runtime maps code twice, once to write and once to execute (W^X, the default since .NET 7;
    /// <c>DOUBLE_MAPPER</c> in minipal/Unix/doublemapping.cpp).
    /// </summary>
    DoubleMapper,

    /// <summary>Memory that can be shared and is in no file system of its own: memfd, /dev/shm, System V, shared anonymous memory.</summary>
    SharedMemory,

    /// <summary><c>[heap]</c>, what brk(2) gave.</summary>
    Heap,

    /// <summary><c>[stack]</c>, that of the main thread.</summary>
    Stack,

    /// <summary>What the kernel itself put there: [vdso], [vvar], [vsyscall].</summary>
    Kernel,
}

/// <summary>From the permissions and the line <c>VmFlags</c> of a mapping.</summary>
[Flags]
internal enum MappingTraits
{
    None = 0,
    Readable = 1,
    Writable = 2,
    Executable = 4,
    Shared = 8,

    /// <summary><c>dd</c>: left out of core dumps. The .NET runtime asks for it where it reserves address space.</summary>
    NotDumped = 16,

    /// <summary><c>nr</c>: no swap reserved. The arenas of glibc's malloc are so, and nothing of the .NET runtime.</summary>
    NotReserved = 32,
}
