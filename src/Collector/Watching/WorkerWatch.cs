using HeapDrift.Collector.Collections;
using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Proc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Watching;

/// <summary>
/// The agent's round, once a second: who is there, what has become of their memory. One thread does it all; what is expensive is paced
/// by each worker's own watch.
/// </summary>
internal sealed class WorkerWatch(
    WorkerDirectory directory, ProcFileSystem proc, WorkerBoard board, DetectorOptions detector, LeakAlarm alarm, GcSessions sessions, TimeProvider clock, ILogger<WorkerWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ScanInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(int Pid, long Start), WorkerEye> _eyes = [];
    private readonly List<Task> _closing = [];
    private long? _scannedAt;
    private long _lastRound;

    /// <summary>When the last round ended; null before the first.</summary>
    public TimeSpan? SinceLastRound => Volatile.Read(ref _lastRound) is var at and not 0 ? clock.GetElapsedTime(at) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Round, clock);
        do
        {
            try
            {
                Look();
                Volatile.Write(ref _lastRound, clock.GetTimestamp());
            }
            catch (Exception failed) when (failed is IOException or InvalidDataException)
            {
                // No more file descriptors, say. The next round may have some.
                Log.RoundFailed(logger, failed);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_eyes.Values.Select(eye => eye.DisposeAsync().AsTask()).Concat(_closing));
    }

    private void Look()
    {
        if (_scannedAt is null || clock.GetElapsedTime(_scannedAt.Value) >= ScanInterval)
        {
            Scan();
            _scannedAt = clock.GetTimestamp();
        }

        var seen = new List<WatchedWorker>(_eyes.Count);
        foreach (((int, long) key, WorkerEye eye) in _eyes)
        {
            if (eye.Look() is { } worker)
            {
                seen.Add(worker);
                if (worker.Leak is { IsNewSuspicion: true } leak)
                {
                    alarm.Raise(worker.Worker, leak);
                }
            }
            else
            {
                Log.Left(logger, eye.Worker.Pid, eye.Worker.Name);
                _eyes.Remove(key);
                _closing.RemoveAll(closed => closed.IsCompleted);
                _closing.Add(eye.DisposeAsync().AsTask());
            }
        }

        board.Post(seen);
    }

    private void Scan()
    {
        foreach (Worker worker in directory.List())
        {
            if (_eyes.TryGetValue((worker.Pid, worker.StartTimeTicks), out WorkerEye? known))
            {
                known.Worker = worker;
            }
            else
            {
                Log.Joined(logger, worker.Pid, worker.Name, worker.RuntimeVersion ?? "unknown");
                _eyes.Add((worker.Pid, worker.StartTimeTicks), new WorkerEye(worker, proc, clock, detector, sessions));
            }
        }
    }
}
