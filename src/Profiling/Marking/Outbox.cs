using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// Objects of one chunk that one worker wants visited in the next level, each with the path on which it was found. Neighbours and equal paths
/// are common, so an entry is the distance to the entry before (zigzag) with two bits that say whether a path and a <see cref="LeafHead"/> follow, as
/// variable-length numbers: one or two bytes an object where a row of objects hangs on a row of holders, two more where it is a leaf.
/// </summary>
internal unsafe struct Outbox
{
    /// <summary>Variable-length numbers of 34, 32, 16 and 16 bits.</summary>
    private const int LongestEntry = 16;

    private OutboxBlock* _first;
    private OutboxBlock* _last;
    private int _lastSlot;
    private int _lastPath;

    public readonly bool IsEmpty => _first == null;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(OutboxPool pool, int slot, int path, LeafHead leaf)
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
        byte* end = WriteNumber(to, ((ulong)zigzag << 2) | (leaf.IsKnown ? 2UL : 0UL) | (path == _lastPath ? 0UL : 1UL));
        if (path != _lastPath)
        {
            end = WriteNumber(end, (uint)path);
        }

        if (leaf.IsKnown)
        {
            end = WriteNumber(WriteNumber(end, leaf.Type), leaf.Words);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    public LeafHead Leaf { get; private set; }

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
        uint zigzag = (uint)(head >> 2);
        Slot += (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
        if ((head & 1) != 0)
        {
            Path = (int)ReadNumber();
        }

        Leaf = (head & 2) != 0 ? new LeafHead((ushort)ReadNumber(), (ushort)ReadNumber()) : default;

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadNumber() => _block->Data[_at] < 0x80 ? _block->Data[_at++] : ReadLongNumber();

    private ulong ReadLongNumber()
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
