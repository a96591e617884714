using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>A running tests/Targets/BusyWorker, which checks itself, with connections whose answers are checked here.</summary>
internal sealed class BusyWorker : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly List<TcpClient> _clients = [];
    private long _number;

    private BusyWorker(ChildProcess process) => _process = process;

    public int Id => ForeignProcess.Pid(_process);

    public static async Task<BusyWorker> StartAsync(int connections, params IReadOnlyList<string> arguments)
    {
        var process = ChildProcess.Start(ForeignProcess.Start(Path.Combine(RepositoryPaths.Output("BusyWorker"), "BusyWorker"), arguments));
        var worker = new BusyWorker(process);
        try
        {
            string ready = await process.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), Deadline);
            int port = int.Parse(ready.Split(' ')[2], CultureInfo.InvariantCulture);
            for (int connection = 0; connection < connections; connection++)
            {
                var client = new TcpClient { NoDelay = true };
                worker._clients.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, port);
            }

            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>One question on every connection at the same time, and the right answer on each.</summary>
    public Task AnswersAsync() => Task.WhenAll(_clients.Select(client => AnswersAsync(client, Interlocked.Increment(ref _number))));

    /// <summary>It lives, nothing that it checks went wrong, and no thread of it is traced.</summary>
    public async Task IsUnharmedAsync()
    {
        Assert.False(_process.HasExited, _process.Describe());
        await Eventually.HoldsAsync(
            () => KernelView.Tracers(Id).All(tracer => tracer == 0), Deadline, "no thread is traced", _process.Describe);
        Assert.DoesNotContain(_process.StdoutLines, line => line.StartsWith("failed", StringComparison.Ordinal));
        Assert.Empty(_process.StderrLines);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _process.DisposeAsync();
    }

    private static async Task AnswersAsync(TcpClient client, long number)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        byte[] answer = new byte[8];
        await client.GetStream().WriteAsync(BitConverter.GetBytes(number), timeout.Token);
        await client.GetStream().ReadExactlyAsync(answer, timeout.Token);
        Assert.Equal((number * number) + 1, BitConverter.ToInt64(answer));
    }
}
