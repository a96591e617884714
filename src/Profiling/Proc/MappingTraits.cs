namespace HeapDrift.Profiling.Proc;

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
