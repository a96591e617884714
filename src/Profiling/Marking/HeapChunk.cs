namespace HeapDrift.Profiling.Marking;

/// <summary>An aligned piece of address space with objects in it, the unit in which a heap is read and marked.</summary>
internal unsafe struct HeapChunk
{
    /// <summary>Address of the chunk itself.</summary>
    public ulong Base;

    /// <summary>Objects lie from here on.</summary>
    public ulong From;

    /// <summary>And before this.</summary>
    public ulong To;

    /// <summary>The end of the first range in the chunk, or of the chunk: an object of the chunk that ends before this stays in its range.</summary>
    public ulong EndOfFirst;

    /// <summary>One bit per 8 bytes, set once the object there was counted. Null until the first is. Written by one thread at a time.</summary>
    public ulong* Marks;

    /// <summary>The bytes at <see cref="Base"/>, where the whole heap was copied; null where it is read as it is needed.</summary>
    public byte* Copy;

    /// <summary>Bytes from <see cref="Copy"/> to the end of what was copied without a gap, this chunk and those behind it.</summary>
    public nint CopyBytes;

    public readonly bool IsMarked(int slot) => Marks != null && (Marks[slot >> 6] >> (slot & 63) & 1) != 0;
}
