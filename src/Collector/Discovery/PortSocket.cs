using System.Buffers.Binary;
using System.Net.Sockets;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Discovery;

/// <summary>The listening end of a <see cref="DiagnosticPort"/>: a unix socket under a name of the operator's choice.</summary>
internal static class PortSocket
{
    // SOL_SOCKET and SO_PEERCRED of socket(7) and unix(7): pid, uid and gid, 4 bytes each.
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int CredentialBytes = 12;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <exception cref="IOException">It cannot be opened; the message says why.</exception>
    public static Socket Listen(string path)
    {
        if (FileStatus.TryRead(path) is { IsRegular: true } || Directory.Exists(path))
        {
            throw new IOException($"{DiscoveryOptions.Section}:DiagnosticPort is '{path}', where something lies that is no socket");
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var address = new UnixDomainSocketEndPoint(path);
            ThrowIfInUse(address, path);

            // What an agent that was killed has left behind.
            File.Delete(path);
            listener.Bind(address);

            // Workers of other users connect too: all that they can do is to have themselves watched. The mode of the folder may forbid it.
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
            listener.Listen();
            return listener;
        }
        catch (Exception failed) when (failed is SocketException or UnauthorizedAccessException or IOException)
        {
            listener.Dispose();
            throw failed as IOException ?? new IOException($"{DiscoveryOptions.Section}:DiagnosticPort {path} cannot be opened: {failed.Message}", failed);
        }
    }

    /// <summary>The next connection, also where this process has no descriptor left for it just now: whoever waits in the queue is not lost.</summary>
    /// <exception cref="ObjectDisposedException">Nobody listens any more.</exception>
    public static async Task<Socket> AcceptAsync(Socket listener, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await listener.AcceptAsync(cancellationToken);
            }
            catch (SocketException failed) when (failed.SocketErrorCode != SocketError.OperationAborted)
            {
                await Task.Delay(RetryPause, clock, cancellationToken);
            }
        }
    }

    /// <summary>Who connected, by the kernel's word and in our pid namespace. 0 where it cannot be seen from here.</summary>
    public static int PeerPid(Socket connection)
    {
        Span<byte> credentials = stackalloc byte[CredentialBytes];
        connection.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return BinaryPrimitives.ReadInt32LittleEndian(credentials);
    }

    private static void ThrowIfInUse(UnixDomainSocketEndPoint address, string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(address);
        }
        catch (SocketException)
        {
            return;
        }

        throw new IOException($"{DiscoveryOptions.Section}:DiagnosticPort {path} is in use: does another agent run?");
    }
}
