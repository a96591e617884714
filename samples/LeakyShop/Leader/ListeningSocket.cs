using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Shop.Leader;

/// <summary>The one socket that all workers accept from. The leader binds it and listens, and never accepts.</summary>
internal sealed partial class ListeningSocket : IDisposable
{
    private const int Backlog = 512;

    /// <summary>fcntl(2): F_SETFD; its only flag is FD_CLOEXEC.</summary>
    private const int SetDescriptorFlags = 2;
    private readonly Socket _socket;

    private ListeningSocket(Socket socket, string url)
    {
        _socket = socket;
        Url = url;
    }

    /// <summary>With the port that the kernel chose where the port asked for was 0.</summary>
    public string Url { get; }

    /// <summary>The number is the same in every worker: descriptors keep theirs over fork and exec.</summary>
    public int Descriptor => (int)_socket.Handle;

    /// <exception cref="UsageException">The URL is not one that workers can share.</exception>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    public static ListeningSocket Open(string url)
    {
        var endPoint = Parse(url);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            KeepOpenOnExec(socket);
            return new ListeningSocket(socket, $"http://{socket.LocalEndPoint}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static IPEndPoint Parse(string url)
    {
        if (url.Contains(';', StringComparison.Ordinal))
        {
            throw new UsageException($"--workers shares one address, not '{url}'");
        }

        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new UsageException($"--urls takes an address like http://127.0.0.1:5080, not '{url}'");
        }

        return address.Scheme == Uri.UriSchemeHttp && HostAddress(address.Host) is { } host
            ? new IPEndPoint(host, address.Port)
            : throw new UsageException($"--workers listens on http and an IP address, localhost or *, not on '{url}'");
    }

    private static IPAddress? HostAddress(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" or "+" => IPAddress.Any,
        _ => IPAddress.TryParse(host, out var address) ? address : null,
    };

    /// <summary>
    /// .NET opens sockets close-on-exec. Clearing the flag does two things: workers inherit the socket, and .NET takes it for shared, so
    /// that a worker that ends does not shut it down for all the others.
    /// </summary>
    private static void KeepOpenOnExec(Socket socket)
    {
        if (Fcntl((int)socket.Handle, SetDescriptorFlags, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fcntl(int descriptor, int command, int argument);
}
