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
