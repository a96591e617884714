namespace HeapDrift.Profiling.Marking;

/// <summary>
/// Reads pieces of a heap as they are, with zero for what is not there: between two ranges, where it is no loss, and for pages that cannot be
/// read, which are counted, each once however often it is asked for. Thread-safe. Takes 1 bit for each page that is missing.
/// </summary>
internal sealed class HeapReader(HeapMap map, IHeapMemory memory)
{
    /// <summary>What the kernel maps at once, or not at all (x86-64; larger pages are multiples).</summary>
    private const int PageBits = 12;

    private const ulong PageBytes = 1UL << PageBits;

    /// <summary>Pages under one key of <see cref="_missing"/>.</summary>
    private const int PagesPerEntry = 64;

    private readonly Dictionary<ulong, ulong> _missing = [];
    private long _missingBytes;

    /// <summary>Bytes of the heap that were asked for and are not there.</summary>
    public long MissingBytes
    {
        get
        {
            lock (_missing)
            {
                return _missingBytes;
            }
        }
    }

    /// <summary>Fills the whole buffer.</summary>
    public void Read(ulong address, Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            int bytes = map.RangeFrom(address) is not { } range ? Skip(into, ulong.MaxValue)
                : range.Start > address ? Skip(into, range.Start - address)
                : ReadRange(range, address, into);
            address += (ulong)bytes;
            into = into[bytes..];
        }
    }

    private static int Skip(Span<byte> into, ulong distance)
    {
        int bytes = (int)Math.Min((ulong)into.Length, distance);
        into[..bytes].Clear();
        return bytes;
    }

    /// <summary>Reads to the end of the range or of the first page that is not there.</summary>
    private int ReadRange(HeapRange range, ulong address, Span<byte> into)
    {
        into = into[..(int)Math.Min((ulong)into.Length, range.End - address)];
        int read = memory.Read(address, into);
        if (read == into.Length)
        {
            return read;
        }

        ulong page = (address + (ulong)read) >> PageBits;
        Miss(page, (long)(Math.Min(range.End, (page + 1) << PageBits) - Math.Max(range.Start, page << PageBits)));
        return read + Skip(into[read..], PageBytes - ((address + (ulong)read) & (PageBytes - 1)));
    }

    private void Miss(ulong page, long bytes)
    {
        lock (_missing)
        {
            ulong known = _missing.GetValueOrDefault(page / PagesPerEntry);
            ulong bit = 1UL << (int)(page % PagesPerEntry);
            if ((known & bit) == 0)
            {
                _missing[page / PagesPerEntry] = known | bit;
                _missingBytes += bytes;
            }
        }
    }
}
