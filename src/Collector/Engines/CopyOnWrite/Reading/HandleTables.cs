using Microsoft.Diagnostics.Runtime;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>
/// All handles of the worker. With the server collector the DACs of .NET 8 to 10 look at as many handle tables as there are heaps, while the
/// runtime has one for each processor; since heaps come and go with the load (DATAS, on by default from .NET 9 on) most handles would be
/// missed (https://github.com/dotnet/runtime/issues/124872, fixed in .NET 11). So the DAC is shown the number of processors where it asks
/// for the number of heaps: the place is found by watching what it reads, and proven by what it then finds.
/// </summary>
internal sealed class HandleTables(ClrRuntime runtime, CopyReader reader, int processors)
{
    /// <summary>Null when some handles may be missing and there was no way to the others.</summary>
    public IReadOnlyList<ClrHandle>? TryRead()
    {
        int heaps = runtime.Heap.SubHeaps.Length;
        if (!runtime.Heap.IsServer || heaps >= processors)
        {
            return [.. runtime.EnumerateHandles()];
        }

        // The second time, because the first also reads what ClrMD wants to know of the heap.
        _ = Enumerate();
        ClrHandle[] seen = [];
        IReadOnlyList<ulong> places = reader.Record(() => seen = Enumerate());
        ClrHandle[]? all = places.Distinct()
            .Where(place => reader.Read<int>(place) == heaps)
            .Select(place => TryReadWith(place, seen, places.Count))
            .OfType<ClrHandle[]>()
            .MaxBy(handles => handles.Length);

        // What was read while a number was wrong must not be remembered.
        runtime.FlushCachedData();
        return all;
    }

    /// <summary>
    /// Accepted where the number mattered (other things were read, or more handles came) and none of the handles is gone. Other numbers that happen
    /// to be the same change nothing, or the kind of collector, and then handles go; not always all of them, so that of several places the
    /// one counts that brought most (two heaps are as many as there are generations beyond the first).
    /// </summary>
    private ClrHandle[]? TryReadWith(ulong place, ClrHandle[] seen, int readsBefore)
    {
        ClrHandle[] all = [];
        int reads = reader.Record(() => reader.Correct(place, processors, () => all = Enumerate())).Count;
        return (reads != readsBefore || all.Length > seen.Length) && seen.Select(handle => handle.Address).ToHashSet().IsSubsetOf(all.Select(handle => handle.Address)) ? all : null;
    }

    /// <summary>Afresh: neither ClrMD nor the DAC may answer from what it remembers.</summary>
    private ClrHandle[] Enumerate()
    {
        runtime.FlushCachedData();
        return [.. runtime.EnumerateHandles()];
    }
}
