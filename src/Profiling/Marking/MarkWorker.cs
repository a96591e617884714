using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Marking;

/// <summary>One of the threads that mark: it visits the objects of one chunk after the other and leaves what they refer to in its outboxes.</summary>
internal sealed unsafe class MarkWorker(MarkedHeap heap, RetentionTreeBuilder tree) : IDisposable
{
    /// <summary>Bytes of references from which on an object is shared out among the workers.</summary>
    private const int SliceBytes = 1 << 20;

    /// <summary>From so many objects on a chunk is read whole: about a quarter of its blocks would be read anyway.</summary>
    private const int ManyObjects = 32;

    private const int TypeCacheBits = 10;

    /// <summary>Method table and length, which a chunk's last object has in it too: none is smaller.</summary>
    private const int HeadBytes = 16;

    /// <summary>The lowest bits of a method table pointer are the collector's own, set in the middle of a collection only.</summary>
    private const ulong MethodTableMask = ~7UL;

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "It belongs to whoever made the heap.")]
    private readonly HeapMap _map = heap.Map;
    private readonly HeapWindow _window = new(heap.Map, heap.Reader);
    private readonly OutboxPool _pool = new();
    private readonly List<int> _touched = [];
    private readonly int[] _holderOf = new int[heap.Map.Slots];
    private readonly ulong[] _found = new ulong[heap.Map.Slots / 64];
    private readonly (ulong MethodTable, TypeLayout? Layout)[] _types = new (ulong, TypeLayout?)[1 << TypeCacheBits];
    private Outbox[] _pending = new Outbox[heap.Map.Count];
    private Outbox[] _next = new Outbox[heap.Map.Count];
    private TypeCount[] _counts = new TypeCount[1024];
    private long _bytes;

    public PathTable Paths { get; } = new(tree);

    /// <summary>Parts of large arrays, to be followed when the level's paths have their nodes.</summary>
    public List<ArraySlice> Slices { get; } = [];

    /// <summary>References from owners and elements of shared lists, which need a closer look.</summary>
    public List<ListLink> Links { get; } = [];

    /// <summary>References to be visited in the next level, duplicates included.</summary>
    public long Followed { get; private set; }

    public long Objects { get; private set; }

    /// <summary>References that point to no place where an object could be.</summary>
    public long InvalidReferences { get; private set; }

    /// <summary>Places without a method table, or with one that contradicts the heap.</summary>
    public long InvalidObjects { get; private set; }

    public long OutboxBytes => _pool.Bytes;

    public ReadOnlySpan<TypeCount> Counts => _counts;

    /// <summary>What was found becomes what is visited.</summary>
    /// <returns>The chunks with something in them.</returns>
    public IReadOnlyList<int> BeginLevel()
    {
        (_pending, _next) = (_next, _pending);
        Followed = 0;
        int[] touched = [.. _touched];
        _touched.Clear();
        return touched;
    }

    /// <summary>Visits all objects of a chunk that any worker found. Of several holders the one with the lowest node has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Visit(int chunkIndex, IReadOnlyList<MarkWorker> workers)
    {
        HeapChunk* chunk = _map[chunkIndex];
        int lowest = int.MaxValue;
        int highest = -1;
        int objects = 0;
        foreach (MarkWorker worker in workers)
        {
            int lastPath = -1;
            int holder = 0;
            OutboxReader found = worker._pending[chunkIndex].Take(_pool);
            while (found.Read())
            {
                int slot = found.Slot;
                if (chunk->IsMarked(slot))
                {
                    continue;
                }

                if (found.Path != lastPath)
                {
                    lastPath = found.Path;
                    holder = worker.Paths.NodeOf(lastPath);
                }

                ref int best = ref _holderOf[slot];
                if ((_found[slot >> 6] >> slot & 1) == 0)
                {
                    best = holder;
                    _found[slot >> 6] |= 1UL << slot;
                    lowest = Math.Min(lowest, slot);
                    highest = Math.Max(highest, slot);
                    objects++;
                }
                else if (holder < best)
                {
                    best = holder;
                }
            }
        }

        if (objects == 0)
        {
            return;
        }

        _map.EnsureMarks(chunk);
        _window.Open(chunk, objects >= ManyObjects ? (lowest, highest) : null);
        bool hasKeys = heap.HasKeys(chunkIndex);
        for (int word = lowest >> 6; word <= highest >> 6; word++)
        {
            ulong bits = _found[word];
            _found[word] = 0;
            chunk->Marks[word] |= bits;
            for (; bits != 0; bits &= bits - 1)
            {
                int slot = (word << 6) + BitOperations.TrailingZeroCount(bits);
                Visit(chunk, chunk->Base + (ulong)slot * 8, _holderOf[slot], hasKeys);
            }
        }
    }

    /// <summary>Notes that an object is to be visited in the next level.</summary>
    /// <param name="target">Its address; checked here and nowhere else.</param>
    /// <param name="path">Number of its holder's path in <see cref="Paths"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Follow(ulong target, int path)
    {
        int chunkIndex = _map.Find(target);
        HeapChunk* chunk = _map[chunkIndex];
        if (chunkIndex < 0 || (target & 7) != 0 || target < chunk->From || target >= chunk->To)
        {
            InvalidReferences++;
            return;
        }

        int slot = (int)((target - chunk->Base) >> 3);
        if (chunk->IsMarked(slot))
        {
            return;
        }

        ref Outbox outbox = ref _next[chunkIndex];
        if (outbox.IsEmpty)
        {
            _touched.Add(chunkIndex);
        }

        outbox.Add(_pool, slot, path);
        Followed++;
    }

    public void Follow(in ArraySlice slice)
    {
        _window.Open(_map[_map.Find(slice.Address)], null);
        FollowRun(slice.Address, slice.Bytes, slice.Desc, Paths.Alias(slice.Node));
    }

    /// <summary>Takes an element of a shared list for its list. The object is only counted where nobody else holds it.</summary>
    /// <param name="element">Address of the element.</param>
    /// <param name="path">Number of its path in the list.</param>
    /// <returns>Null where there is no valid object.</returns>
    public TypeLayout? Claim(ulong element, int path)
    {
        HeapChunk* chunk = _map[_map.Find(element)];
        int slot = (int)((element - chunk->Base) >> 3);
        _window.Open(chunk, null);
        TypeLayout? type = ReadHead(chunk, element, out ulong bytes);
        if (type is null || chunk->IsMarked(slot))
        {
            return type;
        }

        if (IsBeyondHeap(bytes))
        {
            return null;
        }

        _map.EnsureMarks(chunk);
        chunk->Marks[slot >> 6] |= 1UL << slot;
        Count(type, path, bytes);
        FollowDependents(element, path);

        return type;
    }

    /// <summary>The type of the object at an address, null where there is none.</summary>
    public TypeLayout? TypeAt(ulong address)
    {
        int chunkIndex = _map.Find(address);
        if (chunkIndex < 0 || (address & 7) != 0 || address < _map[chunkIndex]->From || address >= _map[chunkIndex]->To)
        {
            return null;
        }

        _window.Open(_map[chunkIndex], null);
        return ReadHead(_map[chunkIndex], address, out _);
    }

    /// <summary>Adds the references of an owner or element of a shared list to <see cref="Links"/>.</summary>
    public void CollectLinks(ulong address, TypeLayout type, int path, int listNode)
    {
        foreach (GCDesc.Series series in type.Desc.AllSeries)
        {
            long bytes = BytesOf(series, type.BaseBytes);
            for (long at = 0; at + sizeof(ulong) <= bytes; at += sizeof(ulong))
            {
                ulong target = *(ulong*)_window.Read(address + (ulong)(series.Offset + at), sizeof(ulong));
                if (target != 0)
                {
                    Links.Add(new ListLink(target, path, 0, type.ListRole, listNode));
                }
            }
        }
    }

    public void Dispose()
    {
        _window.Dispose();
        _pool.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(HeapChunk* chunk, ulong address, int holder, bool hasKeys)
    {
        TypeLayout? type = ReadHead(chunk, address, out ulong bytes);
        if (type is null || IsBeyondHeap(bytes))
        {
            InvalidObjects++;
            return;
        }

        int path = Paths.Of(holder, type);
        Count(type, path, bytes);
        if (hasKeys)
        {
            FollowDependents(address, path);
        }

        if (type.ListRole.IsAny)
        {
            CollectLinks(address, type, path, listNode: 0);
        }
        else if (!type.IsLeaf)
        {
            FollowAll(address, type, bytes, path);
        }
    }

    /// <summary>Type and size, rounded up to 8 as the heap does. Null where they make no sense.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TypeLayout? ReadHead(HeapChunk* chunk, ulong address, out ulong bytes)
    {
        byte* head = _window.Read(address, HeadBytes);
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
        return address + bytes <= chunk->EndOfFirst || address + bytes <= _map.EndOfRange(address) ? type : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TypeLayout? TypeOf(ulong methodTable)
    {
        ref (ulong MethodTable, TypeLayout? Layout) cached = ref _types[(methodTable >> 3) & ((1 << TypeCacheBits) - 1)];
        return cached.MethodTable == methodTable && methodTable != 0 ? cached.Layout : Resolve(methodTable, ref cached);
    }

    private TypeLayout? Resolve(ulong methodTable, ref (ulong MethodTable, TypeLayout? Layout) cached)
    {
        cached = (methodTable, heap.TypeOf(methodTable));
        return cached.Layout;
    }

    private void Count(TypeLayout type, int path, ulong bytes)
    {
        if (type.Index >= _counts.Length)
        {
            Array.Resize(ref _counts, Math.Max(type.Index + 1, _counts.Length * 2));
        }

        _counts[type.Index].Add(type, bytes);
        Paths.Count(path, bytes);
        Objects++;
        _bytes += (long)bytes;
    }

    /// <summary>
    /// Objects do not overlap. Where pointers lead into the middle of others and find what looks like large arrays there, they do: a worker that
    /// has counted more than the whole heap goes no further, or it would follow the square of the heap.
    /// </summary>
    private bool IsBeyondHeap(ulong bytes) => _bytes + (long)bytes > _map.HeapBytes;

    private void FollowDependents(ulong key, int path)
    {
        foreach (ulong dependent in heap.DependentsOf(key))
        {
            Follow(dependent, path);
        }
    }

    private void FollowAll(ulong address, TypeLayout type, ulong bytes, int path)
    {
        if (type.ClassObject != 0)
        {
            Follow(type.ClassObject, path);
        }

        GCDesc desc = type.Desc;
        if (desc.Repeats.Length != 0)
        {
            // What the last struct skips behind its last reference may lie behind the array.
            long elements = (long)bytes - desc.BaseBytes;
            FollowOrShare(address + (ulong)desc.RepeatsFrom, elements - elements % desc.ComponentBytes - desc.Repeats[^1].SkippedBytes, desc, path);
        }

        foreach (GCDesc.Series series in desc.AllSeries)
        {
            FollowOrShare(address + (ulong)series.Offset, BytesOf(series, (long)bytes), desc, path);
        }
    }

    /// <summary>How long a run of references is, at most to the object's end: the map is as much input as the heap is.</summary>
    private static long BytesOf(GCDesc.Series series, long objectBytes) => Math.Min(series.BytesLessObject + objectBytes, objectBytes - series.Offset);

    private void FollowOrShare(ulong from, long bytes, GCDesc desc, int path)
    {
        if (bytes <= SliceBytes)
        {
            FollowRun(from, bytes, desc, path);
            return;
        }

        long whole = SliceBytes - SliceBytes % Math.Max(8, desc.ComponentBytes);
        for (long at = 0; at < bytes; at += whole)
        {
            Slices.Add(new ArraySlice(from + (ulong)at, Math.Min(whole, bytes - at), desc, path));
        }
    }

    /// <summary>Follows references side by side, or structs side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FollowRun(ulong from, long bytes, GCDesc desc, int path)
    {
        long whole = desc.Repeats.Length == 0 ? HeapWindow.LongestRead : HeapWindow.LongestRead - HeapWindow.LongestRead % desc.ComponentBytes;
        for (long at = 0; at < bytes; at += whole)
        {
            int piece = (int)Math.Min(whole, bytes - at);
            byte* read = _window.Read(from + (ulong)at, piece);
            if (desc.Repeats.Length == 0)
            {
                FollowReferences((ulong*)read, piece / sizeof(ulong), path);
            }
            else
            {
                FollowStructs(read, read + piece, desc.Repeats, path);
            }
        }
    }

    private void FollowStructs(byte* at, byte* end, GCDesc.Repeat[] repeats, int path)
    {
        while (at < end)
        {
            foreach (GCDesc.Repeat repeat in repeats)
            {
                FollowReferences((ulong*)at, repeat.References, path);
                at += repeat.References * sizeof(ulong) + repeat.SkippedBytes;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FollowReferences(ulong* references, int count, int path)
    {
        for (int at = 0; at < count; at++)
        {
            if (references[at] != 0)
            {
                Follow(references[at], path);
            }
        }
    }
}
