using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// One worker's view of the frozen heap. Where the heap was copied it points into the copy. Otherwise it holds one chunk, read in
/// blocks as they are asked for, or whole where many of its objects are; what reaches beyond the chunk goes through a second buffer.
/// </summary>
internal sealed unsafe class HeapWindow(HeapMap map, HeapReader reader) : IDisposable
{
    /// <summary>A read costs about 1 microsecond and 0.3 per 4 KB, so that 16 KB cost twice as much as the least.</summary>
    private const int BlockBits = 14;

    private const int BlockBytes = 1 << BlockBits;

    /// <summary>Objects that begin in the chunk and end behind it are mostly small.</summary>
    private const int Overlap = 4 * BlockBytes;

    private const int StreamBytes = 16 * BlockBytes;

    private readonly int _blocks = (map.ChunkBytes + Overlap) >> BlockBits;
    private readonly byte* _buffer = (byte*)NativeMemory.Alloc((nuint)(map.ChunkBytes + Overlap));
    private readonly byte* _stream = (byte*)NativeMemory.Alloc(StreamBytes);
    private readonly bool[] _loaded = new bool[(map.ChunkBytes + Overlap) >> BlockBits];
    private HeapChunk* _chunk;

    /// <summary>The part of the chunk that is known to be there without asking: offsets from the chunk's base.</summary>
    private ulong _readyFrom;
    private ulong _readyTo;
    private byte* _ready;

    /// <summary>Bytes that may lie one after the other in a single answer of <see cref="Read"/>.</summary>
    public static int LongestRead => StreamBytes;

    /// <summary>Turns to a chunk.</summary>
    /// <param name="chunk">Which.</param>
    /// <param name="slots">The lowest and highest slot that will be asked for, where the whole lot between them will be; null for a few.</param>
    public void Open(HeapChunk* chunk, (int From, int To)? slots)
    {
        if (chunk->Copy != null)
        {
            _chunk = chunk;
            SetReady(chunk->Copy, 0, (ulong)chunk->CopyBytes);
            return;
        }

        if (_chunk != chunk)
        {
            _chunk = chunk;
            Array.Clear(_loaded);
            SetReady(_buffer, 0, 0);
        }

        if (slots is var (from, to))
        {
            int first = from * 8 >> BlockBits;
            int end = Math.Min(((to + 1) * 8 >> BlockBits) + 1, _blocks);
            Load(first, end);
            SetReady(_buffer, (ulong)first << BlockBits, (ulong)end << BlockBits);
        }
    }

    /// <summary>Bytes of the heap, valid until the next call. At most <see cref="LongestRead"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Read(ulong address, int bytes)
    {
        ulong offset = address - _chunk->Base;
        return offset >= _readyFrom && offset + (ulong)bytes <= _readyTo ? _ready + offset : ReadMissing(address, offset, bytes);
    }

    /// <summary>Whether bytes of a chunk can be read at once, and without an end to what was read before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsReady(HeapChunk* chunk, ulong address, int bytes)
    {
        ulong offset = address - chunk->Base;
        return chunk == _chunk && offset >= _readyFrom && offset + (ulong)bytes <= _readyTo;
    }

    public void Dispose()
    {
        NativeMemory.Free(_buffer);
        NativeMemory.Free(_stream);
    }

    private void SetReady(byte* bytes, ulong from, ulong to)
    {
        _ready = bytes;
        _readyFrom = from;
        _readyTo = to;
    }

    private byte* ReadMissing(ulong address, ulong offset, int bytes)
    {
        if (_chunk->Copy != null || offset + (ulong)bytes > (ulong)(map.ChunkBytes + Overlap))
        {
            reader.Read(address, new Span<byte>(_stream, Math.Min(bytes, StreamBytes)));
            return _stream;
        }

        int last = (int)(offset + (ulong)bytes - 1) >> BlockBits;
        for (int block = (int)offset >> BlockBits; block <= last; block++)
        {
            if (!_loaded[block])
            {
                Load(block, last + 1);
                break;
            }
        }

        return _buffer + offset;
    }

    /// <summary>Reads the blocks that are not there yet, neighbours at once.</summary>
    private void Load(int from, int to)
    {
        to = Math.Min(to, _blocks);
        for (int block = from; block < to; block++)
        {
            int first = block;
            while (block < to && !_loaded[block])
            {
                _loaded[block++] = true;
            }

            if (block > first)
            {
                int bytes = (block - first) << BlockBits;
                reader.Read(_chunk->Base + ((ulong)first << BlockBits), new Span<byte>(_buffer + ((nint)first << BlockBits), bytes));
            }
        }
    }
}
