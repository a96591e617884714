using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// The chunks of a heap by address. The ranges of a heap lie far apart (regions from both ends of 256 GB that are reserved, frozen
/// segments anywhere), so the table has two levels: one entry per 4 GB, then one per chunk. Marks take 1/64 of the heap.
/// </summary>
internal sealed unsafe class HeapMap : IDisposable
{
    /// <summary>1 MB: the slots of a chunk then fit the second-level cache of a core (512 KB).</summary>
    private const int SmallestChunkBits = 20;

    /// <summary>More chunks than that would need more memory for their outboxes than the heap is worth; larger heaps get larger chunks.</summary>
    private const int MostChunks = 4096;

    private const int UpperBits = 32;

    /// <summary>User space has 47 bits (Documentation/arch/x86/x86_64/mm.rst); what lies above is no reference.</summary>
    private const int AddressBits = 47;

    private const int None = -1;

    private readonly int[]?[] _upper = new int[]?[1 << (AddressBits - UpperBits)];
    private readonly HeapRange[] _ranges;
    private readonly HeapChunk* _chunks;

    public HeapMap(IEnumerable<HeapRange> ranges)
    {
        _ranges = [.. InOrder(ranges)];
        HeapBytes = _ranges.Sum(range => range.Bytes);
        if (HeapBytes > Limits.HeapBytes)
        {
            throw new InvalidDataException($"The ranges of the heap have {HeapBytes:N0} bytes; {Limits.HeapBytes:N0} are possible.");
        }

        ChunkBits = Math.Max(SmallestChunkBits, BitOperations.Log2((ulong)Math.Max(1, HeapBytes / MostChunks)) + 1);
        ulong[] bases = [.. _ranges.SelectMany(range => BasesOf(range)).Distinct()];
        Count = bases.Length;
        _chunks = (HeapChunk*)NativeMemory.AllocZeroed((nuint)Math.Max(1, Count), (nuint)sizeof(HeapChunk));
        for (int chunk = 0; chunk < Count; chunk++)
        {
            Register(chunk, bases[chunk]);
        }

        foreach (HeapRange range in _ranges)
        {
            Cover(range);
        }
    }

    public int ChunkBits { get; }

    public int ChunkBytes => 1 << ChunkBits;

    /// <summary>Places for objects in a chunk: every 8 bytes.</summary>
    public int Slots => ChunkBytes / 8;

    public int Count { get; }

    public long HeapBytes { get; }

    public HeapChunk* this[int chunk] => _chunks + chunk;

    /// <summary>The chunk of an address, -1 where there is no heap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong address)
    {
        ulong upper = address >> UpperBits;
        int[]? lower = upper < (ulong)_upper.Length ? _upper[upper] : null;
        return lower is null ? None : lower[(uint)address >> ChunkBits];
    }

    /// <summary>The chunk in which an object may begin at an address, null where none can.</summary>
    public HeapChunk* ChunkOf(ulong address)
    {
        int index = Find(address);
        HeapChunk* chunk = _chunks + index;
        return index < 0 || (address & 7) != 0 || address < chunk->From || address >= chunk->To ? null : chunk;
    }

    /// <summary>Where the range ends in which an address lies: no object crosses that. 0 outside of all ranges.</summary>
    public ulong EndOfRange(ulong address) => RangeFrom(address) is { } range && range.Start <= address ? range.End : 0;

    /// <summary>The range in which an address lies, otherwise the next one. Null behind the last one.</summary>
    public HeapRange? RangeFrom(ulong address)
    {
        int low = 0;
        int high = _ranges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (address < _ranges[middle].End)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low < _ranges.Length ? _ranges[low] : null;
    }

    /// <summary>Gives a chunk its marks. The caller is the only thread that marks in it.</summary>
    public void EnsureMarks(HeapChunk* chunk)
    {
        if (chunk->Marks == null)
        {
            // Others may look at it meanwhile: they have to see the zeros before they see where those are.
            Volatile.Write(ref *(nint*)&chunk->Marks, (nint)NativeMemory.AllocZeroed((nuint)Slots / 8));
        }
    }

    /// <summary>Runs of chunks without a gap between them.</summary>
    public IEnumerable<(int First, int Chunks)> Runs()
    {
        int first = 0;
        for (int chunk = 1; chunk <= Count; chunk++)
        {
            if (chunk == Count || BaseOf(chunk) != BaseOf(chunk - 1) + (ulong)ChunkBytes)
            {
                yield return (first, chunk - first);
                first = chunk;
            }
        }
    }

    public void Dispose()
    {
        for (int chunk = 0; chunk < Count; chunk++)
        {
            NativeMemory.Free(_chunks[chunk].Marks);
        }

        NativeMemory.Free(_chunks);
    }

    /// <summary>By address, each without what the one before has already.</summary>
    private static IEnumerable<HeapRange> InOrder(IEnumerable<HeapRange> ranges)
    {
        ulong end = 0;
        foreach (HeapRange range in ranges.Where(range => range.End >> AddressBits == 0).OrderBy(range => range.Start))
        {
            HeapRange rest = range with { Start = Math.Max(range.Start, end) };
            if (rest.Start < rest.End)
            {
                end = rest.End;
                yield return rest;
            }
        }
    }

    private ulong BaseOf(int chunk) => _chunks[chunk].Base;

    private IEnumerable<ulong> BasesOf(HeapRange range)
    {
        for (ulong at = range.Start >> ChunkBits << ChunkBits; at < range.End; at += (ulong)ChunkBytes)
        {
            yield return at;
        }
    }

    private void Register(int chunk, ulong address)
    {
        _chunks[chunk].Base = address;
        ref int[]? lower = ref _upper[address >> UpperBits];
        if (lower is null)
        {
            lower = new int[1 << (UpperBits - ChunkBits)];
            Array.Fill(lower, None);
        }

        lower[(uint)address >> ChunkBits] = chunk;
    }

    /// <summary>Two ranges may share a chunk; between them everything is read as zero, which is no object.</summary>
    private void Cover(HeapRange range)
    {
        foreach (ulong address in BasesOf(range))
        {
            HeapChunk* chunk = _chunks + Find(address);
            ulong from = Math.Max(range.Start, address);
            ulong to = Math.Min(range.End, address + (ulong)ChunkBytes);
            if (chunk->To == 0)
            {
                (chunk->From, chunk->EndOfFirst) = (from, to);
            }

            chunk->To = to;
        }
    }
}
