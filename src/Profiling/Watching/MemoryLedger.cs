using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Watching;

/// <summary>
/// Where the proportional memory of a process is, by the kernel's list of its mappings alone.
/// <para>
/// The garbage collector's memory is recognised by the way the runtime reserves it: a run of neighbouring anonymous mappings of 16 MB or
/// more (regions reserve 256 GB, or several times the limit of the heap; segments at least 16 MB) whose untouched parts are kept out of
/// core dumps (<c>madvise(MADV_DONTDUMP)</c> in <c>GCToOSInterface::VirtualReserve</c>), and in which nothing is executed. Seen so on .NET
/// 8, 9 and 10, with workstation and server GC, with and without a hard limit, regions and segments. A program with the runtime linked
/// into its executable (single-file, NativeAOT) maps no runtime library; its heap counts as native.
/// </para>
/// <para>
/// A stack is recognised by its guard, the inaccessible mapping directly below it. Where the C library guards stacks without a mapping of
/// their own, or leaves the guard out, they count as native.
/// </para>
/// </summary>
internal sealed record MemoryLedger
{
    /// <summary>Bytes by <see cref="MemoryCategory"/>. Categories that this kind of process cannot have are absent, others may be 0.</summary>
    public required IReadOnlyDictionary<string, long> Categories { get; init; }

    /// <summary>How many mappings there were.</summary>
    public required int Mappings { get; init; }

    /// <summary>
    /// The sum of the categories. At most 1 kB per mapping less than smaps_rollup says at the same moment, because the kernel rounds each
    /// mapping down.
    /// </summary>
    public long PssBytes => Categories.Values.Sum();

    /// <exception cref="InvalidDataException">As for <see cref="SmapsReader.TryRead"/>.</exception>
    public static MemoryLedger Of(SmapsReader mappings)
    {
        var builder = new MemoryLedgerBuilder();
        while (mappings.TryRead(out SmapsMapping mapping))
        {
            builder.Add(mapping);
        }

        return builder.Build();
    }
}
