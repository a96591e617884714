namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>A piece of mapped memory. It may be gigabytes long: behind what was written it is zero and takes no space.</summary>
internal sealed class FakeSegment(ulong start, ulong bytes)
{
    private byte[] _written = new byte[1 << 16];
    private int _used;

    public ulong Start => start;

    public ulong End => start + bytes;

    public bool Holds(ulong address) => address >= start && address < End;

    public ulong Allocate(ulong size)
    {
        ulong address = start + (ulong)_used;
        SkipTo(address + size);
        return address;
    }

    public void SkipTo(ulong address)
    {
        if (address < start + (ulong)_used || address > End)
        {
            throw new ArgumentOutOfRangeException(nameof(address), address, "The segment has no room there.");
        }

        _used = (int)(address - start);
        if (_used > _written.Length)
        {
            Array.Resize(ref _written, Math.Max(_used, _written.Length * 2));
        }
    }

    public void Write(ulong address, ReadOnlySpan<byte> from) => from.CopyTo(_written.AsSpan((int)(address - start)));

    public void Read(ulong address, Span<byte> into)
    {
        into.Clear();
        ulong offset = address - start;
        if (offset < (ulong)_written.Length)
        {
            ReadOnlySpan<byte> from = _written.AsSpan((int)offset);
            from[..Math.Min(from.Length, into.Length)].CopyTo(into);
        }
    }

    /// <summary>Overwrites a byte of what was written.</summary>
    public void Scratch(Random random)
    {
        if (_used != 0)
        {
            _written[random.Next(_used)] = (byte)random.Next();
        }
    }
}
