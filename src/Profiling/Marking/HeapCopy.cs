using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>The whole heap in our own memory, for heaps that are small against the budget.</summary>
internal sealed unsafe class HeapCopy : IDisposable
{
    private const int ReadBytes = 4 << 20;

    private readonly List<nint> _buffers = [];
    private readonly HeapMap _map;
    private readonly HeapReader _reader;

    public HeapCopy(HeapMap map, IHeapMemory memory, int threads, CancellationToken cancellationToken)
    {
        (_map, _reader) = (map, new HeapReader(map, memory));
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
            Parallel.ForEach(Allocate(), options, read => _reader.Read(read.Address, new Span<byte>((void*)read.To, read.Bytes)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes that are not there; they are zero in the copy.</summary>
    public long MissingBytes => _reader.MissingBytes;

    public void Dispose()
    {
        for (int chunk = 0; chunk < _map.Count; chunk++)
        {
            _map[chunk]->Copy = null;
        }

        foreach (nint buffer in _buffers)
        {
            NativeMemory.Free((void*)buffer);
        }

        _buffers.Clear();
    }

    /// <summary>Makes room for all chunks.</summary>
    /// <returns>What has to be read, and whereto.</returns>
    private List<(ulong Address, nint To, int Bytes)> Allocate()
    {
        List<(ulong Address, nint To, int Bytes)> reads = [];
        foreach ((int first, int chunks) in _map.Runs())
        {
            nint bytes = chunks * (nint)_map.ChunkBytes;
            var buffer = (byte*)NativeMemory.AllocZeroed((nuint)bytes);
            _buffers.Add((nint)buffer);
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                HeapChunk* described = _map[first + chunk];
                nint offset = chunk * (nint)_map.ChunkBytes;
                described->Copy = buffer + offset;
                described->CopyBytes = bytes - offset;
                for (ulong at = described->From; at < described->To; at += ReadBytes)
                {
                    reads.Add((at, (nint)(described->Copy + (at - described->Base)), (int)Math.Min(ReadBytes, described->To - at)));
                }
            }
        }

        return reads;
    }
}
