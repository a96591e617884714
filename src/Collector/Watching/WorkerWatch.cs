using System.Collections.Immutable;
using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Watching;

/// <summary>
/// The agent's round, once a second: who is there, what has become of their memory. One thread does it all; what is expensive is paced
/// by each worker's own watch.
/// </summary>
internal sealed class WorkerWatch(
    WorkerInventory inventory, Func<Worker, WorkerEye> open, WorkerBoard board, LeakAlarm alarm, TimeProvider clock, ILogger<WorkerWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(int Pid, long Start), WorkerEye> _eyes = [];
    private readonly List<Task> _closing = [];
    private long _lastRound;

    /// <summary>When the last round ended; null before the first.</summary>
    public TimeSpan? SinceLastRound => Volatile.Read(ref _lastRound) is var at and not 0 ? clock.GetElapsedTime(at) : null;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_eyes.Values.Select(eye => eye.DisposeAsync().AsTask()).Concat(_closing));
    }

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

    private void Look()
    {
        Scan();
        var seen = new List<WatchedWorker>(_eyes.Count);
        foreach (((int, long) key, WorkerEye eye) in _eyes)
        {
            if (eye.Look() is { } worker)
            {
                seen.Add(worker);
                Alarm(worker);
            }
            else
            {
                Leave(key, eye);
            }
        }

        board.Post(seen);
    }

    private void Scan()
    {
        ImmutableArray<Worker> workers = inventory.Scan();
        foreach (Worker worker in workers)
        {
            if (_eyes.TryGetValue((worker.Pid, worker.StartTimeTicks), out WorkerEye? known))
            {
                known.Worker = worker;
            }
            else
            {
                Log.Joined(logger, worker.Pid, worker.Name, worker.IsDotNet ? $".NET {worker.RuntimeVersion ?? "of an unknown version"}" : "by rule");
                _eyes.Add((worker.Pid, worker.StartTimeTicks), open(worker));
            }
        }

        // Gone, or another program by now.
        HashSet<(int, long)> there = [.. workers.Select(worker => (worker.Pid, worker.StartTimeTicks))];
        foreach (((int, long) key, WorkerEye eye) in _eyes.Where(eye => !there.Contains(eye.Key)).ToArray())
        {
            Leave(key, eye);
        }
    }

    private void Alarm(WatchedWorker worker)
    {
        if (worker.Leak is { IsNewSuspicion: true } leak)
        {
            alarm.Raise(worker.Worker, leak);
        }
    }

    private void Leave((int, long) key, WorkerEye eye)
    {
        Log.Left(logger, eye.Worker.Pid, eye.Worker.Name);
        _eyes.Remove(key);
        _closing.RemoveAll(closed => closed.IsCompleted);
        _closing.Add(eye.DisposeAsync().AsTask());
    }
}
