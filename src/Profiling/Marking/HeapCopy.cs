using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>The whole heap in our own memory, for heaps that are small against the budget.</summary>
internal sealed unsafe class HeapCopy : IDisposable
{
    private const int ReadBytes = 4 << 20;

    private readonly List<nint> _buffers = [];

    public HeapCopy(HeapMap map, IHeapMemory memory, int threads, CancellationToken cancellationToken)
    {
        List<(ulong Address, nint To, int Bytes)> reads = [];
        foreach ((int first, int chunks) in map.Runs())
        {
            var buffer = (byte*)NativeMemory.AllocZeroed((nuint)chunks * (nuint)map.ChunkBytes);
            _buffers.Add((nint)buffer);
            for (int chunk = first; chunk < first + chunks; chunk++)
            {
                HeapChunk* described = map[chunk];
                described->Copy = buffer + (nint)(chunk - first) * map.ChunkBytes;
                for (ulong at = described->From; at < described->To; at += ReadBytes)
                {
                    reads.Add((at, (nint)(described->Copy + (at - described->Base)), (int)Math.Min(ReadBytes, described->To - at)));
                }
            }
        }

        long missing = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.ForEach(reads, options, read =>
        {
            int got = memory.Read(read.Address, new Span<byte>((void*)read.To, read.Bytes));
            Interlocked.Add(ref missing, read.Bytes - got);
        });
        MissingBytes = missing;
    }

    /// <summary>Bytes that are not there; they are zero in the copy.</summary>
    public long MissingBytes { get; }

    public void Dispose()
    {
        foreach (nint buffer in _buffers)
        {
            NativeMemory.Free((void*)buffer);
        }
    }
}
