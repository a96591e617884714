using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Instrumentation;
using HeapDrift.Instrumentation.Agents;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Collections;

/// <summary>
/// The agent's one light EventPipe session with a worker: its collections, and its signals where it has the package. Opened anew, ever more
/// slowly, where it ends while the worker lives. A worker whose reader is gone, or does not read, drops events and goes on.
/// </summary>
internal sealed class GcSession : IAsyncDisposable
{
    /// <summary>The most that waits in the worker's own memory. A collection takes a kilobyte.</summary>
    private const int BufferMegabytes = 1;

    /// <summary>GC 0x1 (dotnet/runtime, ClrEtwAll.man): some events for each collection, none for allocations or objects.</summary>
    private const long GcKeyword = 0x1;

    /// <summary>Of counters; the runtime computes some thirty of them each time.</summary>
    private const int CounterSeconds = 10;

    /// <summary>A megabyte is what a thread gets otherwise, and there is one for each worker.</summary>
    private const int StackBytes = 256 << 10;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private static readonly EventPipeProvider[] Providers =
    [
        new(EventProviders.Runtime, System.Diagnostics.Tracing.EventLevel.Informational, GcKeyword),
        new("System.Runtime", System.Diagnostics.Tracing.EventLevel.Informational, 0, new Dictionary<string, string> { ["EventCounterIntervalSec"] = $"{CounterSeconds}" }),
        new(TelemetryNames.EventSource, System.Diagnostics.Tracing.EventLevel.Informational, (long)HeapDriftEventSource.Keywords.Captures),
    ];

    private readonly GcTally _tally = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Worker _worker;
    private readonly Action _signalled;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Task _running;
    private int _failures;
    private volatile bool _isListening;
    private volatile bool _hasListened;

    /// <param name="worker">It has a diagnostics socket.</param>
    /// <param name="signalled">Called for each SIGUSR2 that the worker passes on, on the thread that reads. Must not wait.</param>
    /// <param name="clock">For the time between two attempts.</param>
    /// <param name="logger">Told once why there is no session.</param>
    public GcSession(Worker worker, Action signalled, TimeProvider clock, ILogger logger)
    {
        (_worker, _signalled, _clock, _logger) = (worker, signalled, clock, logger);
        _running = Task.Run(RunAsync);
    }

    public GcReading Reading => _tally.Reading with { IsHeard = _hasListened };

    /// <summary>The worker has said that it sends its events from now on.</summary>
    public bool IsListening => _isListening;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan wait = FirstWait;
        while (!_closing.IsCancellationRequested)
        {
            long began = _clock.GetTimestamp();
            await TryListenAsync();
            wait = _clock.GetElapsedTime(began) > LongestWait ? FirstWait : wait;
            await Task.Delay(wait, _clock, _closing.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private async Task TryListenAsync()
    {
        EventPipeConnection? connection = null;
        try
        {
            var target = new SnapshotTarget { Pid = _worker.Pid, Socket = _worker.Socket!, BufferMegabytes = BufferMegabytes, Lives = static () => true };
            connection = await EventPipeConnection.OpenAsync(target, _closing.Token);
            using EventPipeSession session = await connection.StartAsync(Providers, BufferMegabytes, 0, null, _closing.Token);
            _isListening = _hasListened = true;
            await ListenAsync(session);
        }
#pragma warning disable CA1031 // Whatever one worker or its socket does, the others are listened to and this one is tried again.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            Complain(failed);
        }
        finally
        {
            _isListening = false;
            await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private async Task ListenAsync(EventPipeSession session)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Read(session, ended), StackBytes) { IsBackground = true, Name = $"events of {_worker.Pid}" }.Start();
        var closing = new TaskCompletionSource();
        await using (_closing.Token.Register(closing.SetResult))
        {
            if (await Task.WhenAny(ended.Task, closing.Task) == closing.Task)
            {
                await StopAsync(session);
            }
        }

        session.Dispose();
        await ended.Task;
    }

    private void Read(EventPipeSession session, TaskCompletionSource ended)
    {
        try
        {
            using var source = new EventPipeEventSource(session.EventStream);
            _tally.Follow(source);
            source.Dynamic.AddCallbackForProviderEvent(TelemetryNames.EventSource, nameof(HeapDriftEventSource.CaptureRequested), _ => _signalled());
            source.Process();
            ended.SetResult();
        }
#pragma warning disable CA1031 // A stream that breaks off in the middle throws whatever the parser stumbles on. It is told where it is awaited.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            ended.SetException(new IOException($"the events of process {_worker.Pid} broke off: {broken.Message}", broken));
        }
    }

    /// <summary>Closing the stream would do, with the worker's next event; asking is tidier. A worker that hangs is not waited for.</summary>
    private static async Task StopAsync(EventPipeSession session)
    {
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await EventPipeConnection.StopAsync(session, patience.Token);
        }
        catch (Exception gone) when (gone is IOException or DiagnosticsClientException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
        }
    }

    /// <summary>The first failure may be the worker's end, of which the watch will know; the second one is told, and no other.</summary>
    private void Complain(Exception failed)
    {
        if (!_closing.IsCancellationRequested && ++_failures == 2)
        {
            Log.NoGcFigures(_logger, _worker.Pid, _worker.Name, failed.Message);
        }
    }
}
