using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace HeapDrift.SnapshotBench;

/// <summary>
/// Clients that each keep one connection, ask, check every byte of the answer, and pause as users do; a server that is never idle would
/// show the machine's queue and not the snapshot. Counted is every request that fails, and every connection beyond the first.
/// </summary>
internal sealed class LoadDriver : IAsyncDisposable
{
    public const int Connections = 64;

    public static readonly TimeSpan Think = TimeSpan.FromMilliseconds(20);

    /// <summary>An answer later than this is a failed request.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What the worker's <c>/numbers/N</c> answers.</summary>
    private const int Lines = 100;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Uri _address;
    private readonly TimeSpan _think;
    private readonly Task _clients;
    private long _requests;
    private long _failed;
    private long _connections;
    private long _longest;
    private string? _firstFailure;

    /// <param name="address">Of the service.</param>
    /// <param name="think">Between two requests of one client; <see cref="Think"/> unless set.</param>
    public LoadDriver(Uri address, TimeSpan? think = null)
    {
        _address = address;
        _think = think ?? Think;
        _clients = Task.WhenAll(Enumerable.Range(0, Connections).Select(client => Task.Run(() => AskAsync(client))));
    }

    public long Requests => Volatile.Read(ref _requests);

    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Beyond the one that each client opens: the worker, or the kernel for it, closed some.</summary>
    public long Reconnections => Math.Max(0, Volatile.Read(ref _connections) - Connections);

    public string? FirstFailure => Volatile.Read(ref _firstFailure);

    /// <summary>Of all requests that ended since the last call.</summary>
    public TimeSpan TakeLongest() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _longest, 0));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _clients;
        _stopping.Dispose();
    }

    private async Task AskAsync(int client)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false, ConnectCallback = ConnectAsync };
        using var http = new HttpClient(handler) { BaseAddress = _address, Timeout = Patience };
        for (int number = client; !_stopping.IsCancellationRequested; number = (number + Connections) % 1_000_000)
        {
            long started = Stopwatch.GetTimestamp();
            string? failure = await TryAskAsync(http, number);
            Note(Stopwatch.GetTimestamp() - started, failure);

            // Not the load's own token: the last request of each client ends as a request ends.
            await Task.Delay(_think, CancellationToken.None);
        }
    }

    private static async Task<string?> TryAskAsync(HttpClient http, int number)
    {
        try
        {
            string answer = await http.GetStringAsync(new Uri($"/numbers/{number}", UriKind.Relative));
            return answer == Expected(number) ? null : $"/numbers/{number} answered something else ({answer.Length} characters)";
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException or IOException)
        {
            return failed.Message;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
#pragma warning disable CA2000 // The stream owns it.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Note(long ticks, string? failure)
    {
        Interlocked.Increment(ref _requests);
        for (long longest = Volatile.Read(ref _longest); ticks > longest;)
        {
            longest = Interlocked.CompareExchange(ref _longest, ticks, longest) is long found && found == longest ? ticks : Volatile.Read(ref _longest);
        }

        if (failure is not null)
        {
            Interlocked.Increment(ref _failed);
            Interlocked.CompareExchange(ref _firstFailure, failure, null);
        }
    }

    private static string Expected(int first)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Lines; i++)
        {
            text.Append((first + i).ToString(CultureInfo.InvariantCulture)).Append('\n');
        }

        return text.ToString();
    }
}
