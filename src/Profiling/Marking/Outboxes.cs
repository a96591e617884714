using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// One worker's outboxes, one a chunk: those that it fills, and those of the level before, which all workers read.
/// </summary>
internal sealed unsafe class Outboxes(HeapMap map, HeapWindow window, ObjectHeads heads) : IDisposable
{
    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "It belongs to whoever made the heap.")]
    private readonly HeapMap _map = map;
    private readonly OutboxPool _pool = new();
    private readonly List<int> _touched = [];
    private Outbox[] _pending = new Outbox[map.Count];
    private Outbox[] _next = new Outbox[map.Count];

    /// <summary>References to be visited in the next level, duplicates included.</summary>
    public long Count { get; private set; }

    /// <summary>References that point to no place where an object could be.</summary>
    public long InvalidReferences { get; private set; }

    /// <summary>The most memory that was needed at once.</summary>
    public long Bytes => _pool.Bytes;

    /// <summary>What was found becomes what is visited.</summary>
    /// <param name="chunks">The chunks with something in them are added.</param>
    public void BeginLevel(List<int> chunks)
    {
        (_pending, _next) = (_next, _pending);
        Count = 0;
        chunks.AddRange(_touched);
        _touched.Clear();
    }

    /// <summary>Hands over what was found in a chunk, once.</summary>
    /// <param name="chunk">Its index.</param>
    /// <param name="reader">Those of the worker that reads; the memory stays with it.</param>
    public OutboxReader Take(int chunk, Outboxes reader) => _pending[chunk].Take(reader._pool);

    /// <summary>Notes that an object is to be visited in the next level.</summary>
    /// <param name="target">Its address; checked here and nowhere else.</param>
    /// <param name="path">Number of its holder's path with this worker.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong target, int path)
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

        outbox.Add(_pool, slot, path, heads.LeafAt(window, chunk, target));
        Count++;
    }

    public void Dispose() => _pool.Dispose();
}
