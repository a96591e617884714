namespace HeapDrift.Instrumentation.Captures;

/// <summary>The first bytes of a stream; behind the bound it seems to end. Leaves the stream open.</summary>
internal sealed class BoundedStream(Stream inner, int bound) : Stream
{
    public int BytesRead { get; private set; }

    /// <summary>The bound was reached.</summary>
    public bool IsExceeded => BytesRead == bound;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, bound - BytesRead)], cancellationToken).ConfigureAwait(false);
        BytesRead += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = inner.Read(buffer, offset, Math.Min(count, bound - BytesRead));
        BytesRead += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
