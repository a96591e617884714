using System.Runtime.CompilerServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>Reads what an object begins with: its method table, and the length of an array or string. For one thread.</summary>
internal sealed unsafe class ObjectHeads(MarkedHeap heap)
{
    private const int CacheBits = 10;

    /// <summary>Method table and length, which a chunk's last object has in it too: none is smaller.</summary>
    private const int HeadBytes = 16;

    /// <summary>The lowest bits of a method table pointer are the collector's own, set in the middle of a collection only.</summary>
    private const ulong MethodTableMask = ~7UL;

    private readonly (ulong MethodTable, TypeLayout? Layout)[] _types = new (ulong, TypeLayout?)[1 << CacheBits];
    private readonly TypeLayout?[] _byIndex = new TypeLayout?[ushort.MaxValue + 1];

    /// <summary>Type and size, rounded up to 8 as the heap does. Null where they make no sense.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TypeLayout? Read(HeapWindow window, HeapChunk* chunk, ulong address, out ulong bytes)
    {
        byte* head = window.Read(address, HeadBytes);
        TypeLayout? type = TypeOf(*(ulong*)head & MethodTableMask);
        if (type is null)
        {
            bytes = 0;
            return null;
        }

        bytes = type.BaseBytes;
        if (type.ComponentBytes != 0)
        {
            bytes += (ulong)type.ComponentBytes * *(uint*)(head + sizeof(ulong));
        }

        bytes = (bytes + 7) & ~7UL;
        return address + bytes <= chunk->EndOfFirst || address + bytes <= heap.Map.EndOfRange(address) ? type : null;
    }

    /// <summary>Not known where the object has references, or lies where the window does not show it at no cost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LeafHead LeafAt(HeapWindow window, HeapChunk* chunk, ulong address) =>
        window.IsReady(chunk, address, HeadBytes) && Read(window, chunk, address, out ulong bytes) is { IsLeaf: true } type
            ? LeafHead.Of(type, bytes)
            : default;

    /// <summary>The type of a head that any worker noted.</summary>
    public TypeLayout TypeOf(LeafHead leaf) => _byIndex[leaf.Type] ??= heap.TypeOf(leaf);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TypeLayout? TypeOf(ulong methodTable)
    {
        ref (ulong MethodTable, TypeLayout? Layout) cached = ref _types[(methodTable >> 3) & ((1 << CacheBits) - 1)];
        return cached.MethodTable == methodTable && methodTable != 0 ? cached.Layout : Resolve(methodTable, ref cached);
    }

    private TypeLayout? Resolve(ulong methodTable, ref (ulong MethodTable, TypeLayout? Layout) cached)
    {
        cached = (methodTable, heap.TypeOf(methodTable));
        return cached.Layout;
    }
}
