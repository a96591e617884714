using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>The blocks of one worker's outboxes. A block that another worker has read stays with that one. Not thread-safe.</summary>
internal sealed unsafe class OutboxPool : IDisposable
{
    private const int BlocksAtOnce = 128;

    private readonly List<nint> _slabs = [];
    private OutboxBlock* _free;

    /// <summary>What was ever needed at once, in bytes.</summary>
    public long Bytes => (long)_slabs.Count * BlocksAtOnce * OutboxBlock.Bytes;

    public OutboxBlock* Rent()
    {
        if (_free == null)
        {
            Grow();
        }

        OutboxBlock* block = _free;
        _free = block->Next;
        block->Next = null;
        block->Used = 0;
        return block;
    }

    public void Return(OutboxBlock* block)
    {
        block->Next = _free;
        _free = block;
    }

    public void Dispose()
    {
        foreach (nint slab in _slabs)
        {
            NativeMemory.Free((void*)slab);
        }

        _slabs.Clear();
        _free = null;
    }

    private void Grow()
    {
        var slab = (byte*)NativeMemory.Alloc(BlocksAtOnce * OutboxBlock.Bytes);
        _slabs.Add((nint)slab);
        for (int block = 0; block < BlocksAtOnce; block++)
        {
            Return((OutboxBlock*)(slab + block * OutboxBlock.Bytes));
        }
    }
}
