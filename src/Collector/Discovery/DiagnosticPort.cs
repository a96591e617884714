using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using HeapDrift.Collector.Admission;
using HeapDrift.Profiling.Proc;
using Microsoft.Extensions.Hosting;

namespace HeapDrift.Collector.Discovery;

/// <summary>
/// Where runtimes connect to the agent (<c>DOTNET_DiagnosticPorts=PATH,nosuspend</c>), for workers whose own sockets it cannot reach. Every
/// runtime opens its own socket as well, so that this is not needed where nothing stands between. A runtime that was told to wait at its
/// start, which is the default of that variable, is let go at once: nobody shall stand still for being watched.
/// </summary>
/// <param name="options">Where to listen, if at all.</param>
/// <param name="outputDirectory">The agent's own, where nobody else may put a socket in the place of a worker's.</param>
/// <param name="proc">Tells whether a worker lives.</param>
/// <param name="clock">For deadlines.</param>
/// <param name="complain">Gets one sentence.</param>
internal sealed class DiagnosticPort(
    DiscoveryOptions options, string outputDirectory, ProcFileSystem proc, TimeProvider clock, Action<string> complain) : BackgroundService
{
    /// <summary>What <c>sun_path</c> of unix(7) leaves to a folder: 107 bytes without a slash, a pid, a hyphen and a start time.</summary>
    private const int MostFolderBytes = 107 - 1 - 7 - 1 - 19;

    /// <summary>Each takes two descriptors of the agent. More than run on one node.</summary>
    private const int MostConnections = 512;

    /// <summary>A runtime advertises itself in the moment in which it connects, and answers in milliseconds.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly string _folder = Path.GetFullPath(Path.Join(outputDirectory, ".runtimes"));
    private readonly ConcurrentDictionary<int, ConnectedRuntime> _runtimes = [];
    private readonly ConcurrentDictionary<Guid, bool> _resumed = [];
    private Socket? _listener;
    private int _connections;
    private int _complaints;

    /// <summary>Where the worker can be asked as if it listened there. Null where its runtime has not connected.</summary>
    public string? SocketOf(int pid, long startTimeTicks) =>
        _runtimes.TryGetValue(pid, out ConnectedRuntime? runtime) && runtime.StartTimeTicks == startTimeTicks ? runtime.SocketPath : null;

    /// <exception cref="IOException">The socket cannot be opened; the message says why.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.DiagnosticPort is { } path)
        {
            ThrowIfTooLong();
            _listener = PortSocket.Listen(path);
            PrepareFolder();
        }

        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        if (_listener is null)
        {
            return;
        }

        _listener.Dispose();
        foreach (ConnectedRuntime runtime in _runtimes.Values)
        {
            runtime.Dispose();
        }

        File.Delete(options.DiagnosticPort!);
        DeleteFolder();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_listener is not null)
        {
            Socket connection = await PortSocket.AcceptAsync(_listener, clock, stoppingToken);
            _ = ReceiveAsync(connection, stoppingToken);
        }
    }

    private void ThrowIfTooLong()
    {
        if (Encoding.UTF8.GetByteCount(_folder) > MostFolderBytes)
        {
            throw new IOException($"{CaptureLimits.Section}:{nameof(CaptureLimits.OutputDirectory)} is too long a path for the sockets that {DiscoveryOptions.Section}:DiagnosticPort takes in it: {_folder} has more than {MostFolderBytes} bytes");
        }
    }

    /// <summary>Empty: an agent that was killed leaves sockets on which nobody listens.</summary>
    private void PrepareFolder()
    {
        DeleteFolder();
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void DeleteFolder()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task ReceiveAsync(Socket connection, CancellationToken stopping)
    {
        bool isKept = false;
        Interlocked.Increment(ref _connections);
        try
        {
            Advertisement runtime = await ReadAsync(connection, stopping);
            if (_resumed.ContainsKey(runtime.Cookie))
            {
                isKept = TryKeep(connection);
                await (isKept ? Task.CompletedTask : WaitForEndAsync(connection, stopping));
            }
            else
            {
                await ResumeAsync(connection, runtime, stopping);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException or InvalidDataException or ObjectDisposedException)
        {
            // No runtime, or it has ended.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
            if (!isKept)
            {
                connection.Dispose();
            }
        }
    }

    private async Task<Advertisement> ReadAsync(Socket connection, CancellationToken stopping)
    {
        if (_connections + _runtimes.Count > MostConnections)
        {
            ComplainOnce($"more than {MostConnections} runtimes connect to {options.DiagnosticPort}: some are not watched through it");
            throw new InvalidDataException("too many connections");
        }

        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        byte[] message = new byte[Advertisement.Bytes];
        await using var stream = new NetworkStream(connection, ownsSocket: false);
        await stream.ReadExactlyAsync(message, either.Token);
        return Advertisement.Parse(message);
    }

    /// <summary>Uses the first connection of a runtime up; it comes back with another one.</summary>
    private async Task ResumeAsync(Socket connection, Advertisement runtime, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        await connection.SendAsync(Advertisement.Resume, either.Token);
        if (_resumed.Count > MostConnections)
        {
            // To be let go twice does a runtime no harm.
            _resumed.Clear();
        }

        _resumed[runtime.Cookie] = true;
        await connection.ReceiveAsync(new byte[Advertisement.Bytes], either.Token);
    }

    /// <summary>False for a process that cannot be seen from here.</summary>
    private bool TryKeep(Socket connection)
    {
        int pid = PortSocket.PeerPid(connection);
        if (pid <= 0 || proc.TryReadStartTime(pid) is not { } start)
        {
            ComplainOnce($"a runtime of another pid namespace has connected to {options.DiagnosticPort}: it cannot be watched unless the agent shares that namespace (hostPID or shareProcessNamespace in Kubernetes)");
            return false;
        }

        RemoveDead();
        _runtimes.GetOrAdd(pid, Open, start).Hold(connection);
        return true;
    }

    private ConnectedRuntime Open(int pid, long start) =>
        new(Path.Join(_folder, string.Create(CultureInfo.InvariantCulture, $"{pid}-{start}")), start, clock);

    private void RemoveDead()
    {
        foreach ((int pid, ConnectedRuntime runtime) in _runtimes)
        {
            if (proc.TryReadStartTime(pid) != runtime.StartTimeTicks && _runtimes.TryRemove(pid, out ConnectedRuntime? dead))
            {
                dead.Dispose();
            }
        }
    }

    /// <summary>Refused, the runtime would try again twice a second for ever.</summary>
    private static async Task WaitForEndAsync(Socket connection, CancellationToken stopping) => await connection.ReceiveAsync(new byte[1], stopping);

    private void ComplainOnce(string complaint)
    {
        if (Interlocked.Increment(ref _complaints) == 1)
        {
            complain(complaint);
        }
    }
}
