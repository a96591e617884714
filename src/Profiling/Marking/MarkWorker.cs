using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Marking;

/// <summary>One of the threads that mark: it visits the objects of one chunk after the other and leaves what they refer to in its outboxes.</summary>
internal sealed unsafe class MarkWorker : IDisposable
{
    /// <summary>Bytes of references from which on an object is shared out among the workers.</summary>
    private const int SliceBytes = 1 << 20;

    /// <summary>From so many objects on a chunk is read whole: about a quarter of its blocks would be read anyway.</summary>
    private const int ManyObjects = 32;

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "It belongs to whoever made the heap.")]
    private readonly HeapMap _map;
    private readonly MarkedHeap _heap;
    private readonly HeapWindow _window;
    private readonly ObjectHeads _heads;
    private readonly ReferenceRuns _references;
    private readonly FoundObject[] _objects;
    private readonly ulong[] _found;

    public MarkWorker(MarkedHeap heap, RetentionTreeBuilder tree)
    {
        (_heap, _map) = (heap, heap.Map);
        _window = new HeapWindow(heap.Map, heap.Reader);
        _heads = new ObjectHeads(heap);
        _objects = new FoundObject[heap.Map.Slots];
        _found = new ulong[heap.Map.Slots / 64];
        Paths = new PathTable(tree);
        Found = new Outboxes(heap.Map, _window, _heads);
        _references = new ReferenceRuns(_window, Found);
    }

    public PathTable Paths { get; }

    /// <summary>What this worker found, and leaves to be visited in the next level.</summary>
    public Outboxes Found { get; }

    /// <summary>Parts of large arrays, to be followed when the level's paths have their nodes.</summary>
    public List<ArraySlice> Slices { get; } = [];

    /// <summary>References from owners and elements of shared lists, which need a closer look.</summary>
    public List<ListLink> Links { get; } = [];

    /// <summary>Places without a method table, or with one that contradicts the heap.</summary>
    public long InvalidObjects { get; private set; }

    public TypeCounts Counts { get; } = new();

    /// <summary>Sampled objects that are live, with the number of their path.</summary>
    public List<(ulong Address, int Path)> Sampled { get; } = [];

    /// <summary>Visits all objects of a chunk that any worker found. Of several holders the one with the lowest node has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Visit(int chunkIndex, MarkWorker[] workers)
    {
        HeapChunk* chunk = _map[chunkIndex];
        int lowest = int.MaxValue;
        int highest = -1;
        (int From, int To) unread = (int.MaxValue, -1);
        int toRead = 0;
        foreach (MarkWorker worker in workers)
        {
            int lastPath = -1;
            int holder = 0;
            OutboxReader found = worker.Found.Take(chunkIndex, Found);
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

                ref FoundObject best = ref _objects[slot];
                if ((_found[slot >> 6] >> slot & 1) == 0)
                {
                    best = new FoundObject(holder, found.Leaf);
                    _found[slot >> 6] |= 1UL << slot;
                    lowest = Math.Min(lowest, slot);
                    highest = Math.Max(highest, slot);
                    if (!found.Leaf.IsKnown)
                    {
                        unread = (Math.Min(unread.From, slot), Math.Max(unread.To, slot));
                        toRead++;
                    }
                }
                else
                {
                    best = new FoundObject(Math.Min(best.Holder, holder), best.Leaf.IsKnown ? best.Leaf : found.Leaf);
                }
            }
        }

        if (highest >= 0)
        {
            _map.EnsureMarks(chunk);
            _window.Open(chunk, toRead >= ManyObjects ? unread : null);
            VisitFound(chunk, lowest, highest, new ChunkTraits(_heap.HasKeys(chunkIndex), _heap.HasSamples(chunkIndex)));
        }
    }

    private void VisitFound(HeapChunk* chunk, int lowest, int highest, ChunkTraits traits)
    {
        for (int word = lowest >> 6; word <= highest >> 6; word++)
        {
            ulong bits = _found[word];
            _found[word] = 0;
            chunk->Marks[word] |= bits;
            for (; bits != 0; bits &= bits - 1)
            {
                int slot = (word << 6) + BitOperations.TrailingZeroCount(bits);
                Visit(chunk, chunk->Base + (ulong)slot * 8, _objects[slot], traits);
            }
        }
    }

    public void Follow(in ArraySlice slice)
    {
        _window.Open(_map[_map.Find(slice.Address)], null);
        _references.Follow(slice.Address, slice.Bytes, slice.Desc, Paths.Alias(slice.Node));
    }

    /// <summary>The type of the object at an address, null where there is none.</summary>
    public TypeLayout? TypeAt(ulong address)
    {
        if (_map.ChunkOf(address) is var chunk && chunk == null)
        {
            return null;
        }

        _window.Open(chunk, null);
        return _heads.Read(_window, chunk, address, out _);
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
        TypeLayout? type = _heads.Read(_window, chunk, element, out ulong bytes);
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
        NoteIfSampled(element, type, path);
        FollowDependents(element, path);
        return type;
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
        Found.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(HeapChunk* chunk, ulong address, FoundObject found, ChunkTraits traits)
    {
        ulong bytes = found.Leaf.Bytes;
        TypeLayout? type = found.Leaf.IsKnown ? _heads.TypeOf(found.Leaf) : _heads.Read(_window, chunk, address, out bytes);
        if (type is null || IsBeyondHeap(bytes))
        {
            InvalidObjects++;
            return;
        }

        int path = Paths.Of(found.Holder, type);
        Count(type, path, bytes);
        if (traits.HasKeys)
        {
            FollowDependents(address, path);
        }

        if (traits.HasSamples)
        {
            NoteIfSampled(address, type, path);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Count(TypeLayout type, int path, ulong bytes)
    {
        Counts.Add(type, bytes);
        Paths.Count(path, bytes);
    }

    private void NoteIfSampled(ulong address, TypeLayout type, int path)
    {
        if (_heap.IsSampled(address, type))
        {
            Sampled.Add((address, path));
        }
    }

    /// <summary>
    /// Objects do not overlap. Where pointers lead into the middle of others and find what looks like large arrays there, they do: a worker that
    /// has counted more than the whole heap goes no further, or it would follow the square of the heap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBeyondHeap(ulong bytes) => Counts.Bytes + (long)bytes > _map.HeapBytes;

    private void FollowDependents(ulong key, int path)
    {
        foreach (ulong dependent in _heap.DependentsOf(key))
        {
            Found.Add(dependent, path);
        }
    }

    private void FollowAll(ulong address, TypeLayout type, ulong bytes, int path)
    {
        if (type.ClassObject != 0)
        {
            Found.Add(type.ClassObject, path);
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
    private static long BytesOf(GCDesc.Series series, long objectBytes) =>
        Math.Min(series.BytesLessObject + objectBytes, objectBytes - series.Offset);

    private void FollowOrShare(ulong from, long bytes, GCDesc desc, int path)
    {
        if (bytes <= SliceBytes)
        {
            _references.Follow(from, bytes, desc, path);
            return;
        }

        long whole = SliceBytes - SliceBytes % Math.Max(8, desc.ComponentBytes);
        for (long at = 0; at < bytes; at += whole)
        {
            Slices.Add(new ArraySlice(from + (ulong)at, Math.Min(whole, bytes - at), desc, path));
        }
    }
}
