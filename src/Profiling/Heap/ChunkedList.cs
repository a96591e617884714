namespace HeapDrift.Profiling.Heap;

/// <summary>
/// A list that grows by whole chunks and never copies: a heap of 40 million objects would otherwise be held twice at every doubling,
/// and arrays of gigabytes would sit in the large object heap for ever.
/// </summary>
internal sealed class ChunkedList<T>
    where T : unmanaged
{
    private const int ChunkBits = 18;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _chunks[index >> ChunkBits][index & (ChunkLength - 1)];

    public void Add(T item)
    {
        if ((Count & (ChunkLength - 1)) == 0)
        {
            _chunks.Add(GC.AllocateUninitializedArray<T>(ChunkLength));
        }

        _chunks[Count >> ChunkBits][Count & (ChunkLength - 1)] = item;
        Count++;
    }
}
