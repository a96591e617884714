using System.Net.Sockets;
using System.Threading.Channels;

namespace HeapDrift.Collector.Discovery;

/// <summary>
/// A worker whose runtime connects to the agent, made to look like one that listens: each connection to <see cref="SocketPath"/> is joined
/// with one of the runtime's, which serves one command and is then replaced by the runtime. Whoever wants something of the worker need not
/// know on which side it waits.
/// </summary>
internal sealed class ConnectedRuntime : IDisposable
{
    /// <summary>The runtime is back at once, or after half a second (the longest pause of its retries).</summary>
    private static readonly TimeSpan ReconnectDeadline = TimeSpan.FromSeconds(10);

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _clock;

    /// <summary>Two would be one too many: the runtime keeps one open at a time, and an older one is dead.</summary>
    private readonly Channel<Socket> _connections;

    public ConnectedRuntime(string socketPath, long startTimeTicks, TimeProvider clock)
    {
        (SocketPath, StartTimeTicks, _clock) = (socketPath, startTimeTicks, clock);
        _connections = Channel.CreateBounded<Socket>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }, static dead => dead.Dispose());
        _listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        _listener.Listen();
        Serving = ServeAsync(_stopping.Token);
    }

    /// <summary>For one who asks something of the worker.</summary>
    public string SocketPath { get; }

    /// <summary>Tells the worker from a later process with its pid.</summary>
    public long StartTimeTicks { get; }

    private Task Serving { get; }

    /// <summary>Takes over a connection on which the runtime waits for a command.</summary>
    public void Hold(Socket connection)
    {
        if (!_connections.Writer.TryWrite(connection))
        {
            connection.Dispose();
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
        _connections.Writer.TryComplete();
        while (_connections.Reader.TryRead(out Socket? connection))
        {
            connection.Dispose();
        }

        // A socket that is not listened on any more would look like a worker that does not answer.
        File.Delete(SocketPath);
        _stopping.Dispose();
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                _ = JoinAsync(await PortSocket.AcceptAsync(_listener, _clock, cancellationToken), cancellationToken);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            // The worker is gone, or the agent stops.
        }
    }

    /// <summary>Joins two connections until either ends. Whoever asked sees the end of the stream when no runtime comes.</summary>
    private async Task JoinAsync(Socket client, CancellationToken stopping)
    {
        using (client)
        {
            try
            {
                using var deadline = new CancellationTokenSource(ReconnectDeadline, _clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
                using Socket runtime = await _connections.Reader.ReadAsync(either.Token);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                await Task.WhenAll(CopyAsync(client, runtime, ended), CopyAsync(runtime, client, ended));
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException or ChannelClosedException or SocketException)
            {
                // Either side ended; closing both tells the other.
            }
        }
    }

    /// <summary>One way. Its end is the end of both.</summary>
    private static async Task CopyAsync(Socket from, Socket to, CancellationTokenSource ended)
    {
        await using var source = new NetworkStream(from, ownsSocket: false);
        await using var target = new NetworkStream(to, ownsSocket: false);
        try
        {
            await source.CopyToAsync(target, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
