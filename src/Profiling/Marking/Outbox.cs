using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// Objects of one chunk that one worker wants visited in the next level, each with the path on which it was found. Neighbours and equal paths
/// are common, so an entry is the distance to the entry before (zigzag) with one bit that says whether a path follows, as variable-length
/// numbers: one or two bytes an object where a row of objects hangs on a row of holders.
/// </summary>
internal unsafe struct Outbox
{
    /// <summary>Two variable-length numbers of 32 bits and a flag.</summary>
    private const int LongestEntry = 11;

    private OutboxBlock* _first;
    private OutboxBlock* _last;
    private int _lastSlot;
    private int _lastPath;

    public readonly bool IsEmpty => _first == null;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(OutboxPool pool, int slot, int path)
    {
        if (_last == null)
        {
            _first = _last = pool.Rent();
            _lastPath = -1;
        }
        else if (slot == _lastSlot && path == _lastPath)
        {
            return;
        }
        else if (_last->Used > OutboxBlock.Capacity - LongestEntry)
        {
            _last = _last->Next = pool.Rent();
        }

        int distance = slot - _lastSlot;
        uint zigzag = (uint)((distance << 1) ^ (distance >> 31));
        byte* to = _last->Data + _last->Used;
        byte* end = WriteNumber(to, ((ulong)zigzag << 1) | (path == _lastPath ? 0UL : 1UL));
        if (path != _lastPath)
        {
            end = WriteNumber(end, (uint)path);
        }

        _last->Used += (int)(end - to);
        _lastSlot = slot;
        _lastPath = path;
    }

    /// <summary>Hands over the entries and is empty again. The reader gives the blocks to its own pool.</summary>
    public OutboxReader Take(OutboxPool readersPool)
    {
        var reader = new OutboxReader(_first, readersPool);
        this = default;
        return reader;
    }

    private static byte* WriteNumber(byte* to, ulong number)
    {
        while (number >= 0x80)
        {
            *to++ = (byte)(number | 0x80);
            number >>= 7;
        }

        *to++ = (byte)number;
        return to;
    }
}

/// <summary>Reads what <see cref="Outbox.Add"/> wrote, in order.</summary>
internal unsafe ref struct OutboxReader(OutboxBlock* block, OutboxPool pool)
{
    private OutboxBlock* _block = block;
    private int _at;

    public int Slot { get; private set; }

    public int Path { get; private set; } = -1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        while (_block != null && _at == _block->Used)
        {
            OutboxBlock* done = _block;
            _block = done->Next;
            _at = 0;
            pool.Return(done);
        }

        if (_block == null)
        {
            return false;
        }

        ulong head = ReadNumber();
        uint zigzag = (uint)(head >> 1);
        Slot += (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
        if ((head & 1) != 0)
        {
            Path = (int)ReadNumber();
        }

        return true;
    }

    private ulong ReadNumber()
    {
        byte* from = _block->Data + _at;
        ulong number = *from & 0x7FUL;
        int shift = 7;
        while ((*from++ & 0x80) != 0)
        {
            number |= (*from & 0x7FUL) << shift;
            shift += 7;
        }

        _at = (int)(from - _block->Data);
        return number;
    }
}

/// <summary>A piece of an outbox.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OutboxBlock
{
    public const int Bytes = 2048;

    /// <summary>What the two fields before the data leave.</summary>
    public const int Capacity = Bytes - 16;

    public OutboxBlock* Next;
    public int Used;
    private readonly int _padding;
    public fixed byte Data[Capacity];
}
