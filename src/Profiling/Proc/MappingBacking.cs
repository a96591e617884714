namespace HeapDrift.Profiling.Proc;

/// <summary>What is behind the pages of a mapping, as far as its name tells.</summary>
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
