using System.IO.Pipelines;
using HeapDrift.Collector.Engines.EventPipe;

namespace HeapDrift.Collector.Tests.Engines;

public sealed class DrainedStreamTests
{
    [Fact]
    public async Task EveryByteArrivesInOrder()
    {
        byte[] sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        await using var drained = new DrainedStream(new MemoryStream(sent));
        using var received = new MemoryStream();

        await drained.CopyToAsync(received, TestContext.Current.CancellationToken);

        Assert.Equal(sent, received.ToArray());
    }

    [Fact]
    public async Task TheSourceIsReadAheadOfTheParser()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20));
        await using var drained = new DrainedStream(pipe.Reader.AsStream());

        // Many times more than the pipe holds, and nobody has read from the stream yet.
        for (int block = 0; block < 32; block++)
        {
            await pipe.Writer.WriteAsync(new byte[1 << 20], TestContext.Current.CancellationToken);
        }

        await pipe.Writer.CompleteAsync();
        using var received = new MemoryStream();
        await drained.CopyToAsync(received, TestContext.Current.CancellationToken);
        Assert.Equal(32 << 20, received.Length);
    }

    [Fact]
    public async Task ASourceThatBreaksOffIsAnErrorAndNotAnEnd()
    {
        var pipe = new Pipe();
        await using var drained = new DrainedStream(pipe.Reader.AsStream());
        await pipe.Writer.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync(new IOException("connection reset"));
        using var received = new MemoryStream();

        IOException failure = await Assert.ThrowsAsync<IOException>(() => drained.CopyToAsync(received, TestContext.Current.CancellationToken));

        Assert.Contains("connection reset", failure.Message, StringComparison.Ordinal);
    }
}
