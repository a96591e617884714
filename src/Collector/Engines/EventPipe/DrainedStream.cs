using System.Buffers;
using System.Collections.Concurrent;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>
/// Reads ahead of the parser on a thread of its own. The runtime reports a heap at 300 MB/s and drops what its buffer, in the worker's
/// memory, cannot hold; what waits to be parsed waits here instead, up to <see cref="MostBytesAhead"/>.
/// </summary>
internal sealed class DrainedStream : Stream
{
    /// <summary>As much as the events of a heap of 12 million objects. Beyond it the worker's own buffer has to do.</summary>
    private const long MostBytesAhead = 512L << 20;

    private const int BlockBytes = 64 << 10;

    private readonly Stream _source;
    private readonly BlockingCollection<ArraySegment<byte>> _blocks = new((int)(MostBytesAhead / BlockBytes));
    private readonly Thread _reader;
    private ArraySegment<byte> _current;
    private volatile Exception? _failure;

    public DrainedStream(Stream source)
    {
        _source = source;
        _reader = new Thread(Drain) { IsBackground = true, Name = "event stream" };
        _reader.Start();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_current.Count == 0 && !TryTakeBlock())
        {
            return _failure is null ? 0 : throw new IOException($"the event stream broke off: {_failure.Message}", _failure);
        }

        int read = Math.Min(buffer.Length, _current.Count);
        _current.AsSpan(0, read).CopyTo(buffer);
        _current = _current[read..];
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Ends the thread: its read fails, and so does its wait for room.
            _source.Dispose();
            while (_reader.IsAlive)
            {
                _blocks.TryTake(out _, millisecondsTimeout: 10);
            }

            _blocks.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool TryTakeBlock()
    {
        if (_current.Array is { } done)
        {
            ArrayPool<byte>.Shared.Return(done);
            _current = default;
        }

        return _blocks.TryTake(out _current, Timeout.Infinite);
    }

    private void Drain()
    {
        try
        {
            int read;
            do
            {
                byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
                read = _source.Read(block, 0, BlockBytes);
                if (read > 0)
                {
                    _blocks.Add(new ArraySegment<byte>(block, 0, read));
                }
            }
            while (read > 0);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _failure = failure;
        }
        finally
        {
            _blocks.CompleteAdding();
        }
    }
}
