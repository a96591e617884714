using System.ComponentModel;
using System.Diagnostics;

namespace Shop.Leader;

/// <summary>Keeps the workers running until the leader stops, and then stops them all at once.</summary>
internal sealed class WorkerPool(WorkerPlan plan, ILogger<WorkerPool> log) : BackgroundService
{
    /// <summary>More than a worker takes to finish its requests (8 s), less than the leader's host waits.</summary>
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(12);

    /// <summary>Before a dead worker is replaced. Doubles up to the longest while workers die young: a broken one must not spin.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(10);

    private readonly int[] _pids = new int[plan.Count];
    private readonly WorkerProcess[] _first = new WorkerProcess[plan.Count];

    /// <summary>The workers that live now.</summary>
    public IEnumerable<int> Pids => _pids.Where(pid => pid != 0);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        for (var slot = 0; slot < plan.Count; slot++)
        {
            _first[slot] = StartWorker(slot);
            Log.WorkerStarted(log, Environment.ProcessId, _first[slot].Pid);
        }

        Log.LeaderReady(log, plan.Socket.Url);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(_first.Select((worker, slot) => KeepAliveAsync(slot, worker, stoppingToken)));
        Log.LeaderStopped(log, Environment.ProcessId);
    }

    private async Task KeepAliveAsync(int slot, WorkerProcess worker, CancellationToken stopping)
    {
        var pause = ShortestPause;
        try
        {
            while (true)
            {
                var started = Stopwatch.GetTimestamp();
                await worker.WaitForExitAsync(stopping);
                _pids[slot] = 0;
                pause = Stopwatch.GetElapsedTime(started) < Young ? pause : ShortestPause;
                await Task.Delay(pause, stopping);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                worker = Replace(slot, worker);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await StopAsync(worker);
        }
        finally
        {
            worker.Dispose();
        }
    }

    /// <returns>The new worker, or the dead one where no process could be started: the next turn tries again.</returns>
    private WorkerProcess Replace(int slot, WorkerProcess dead)
    {
        try
        {
            var fresh = StartWorker(slot);
            Log.WorkerReplaced(log, dead.Pid, dead.ExitStatus, fresh.Pid);
            dead.Dispose();
            return fresh;
        }
        catch (Win32Exception e)
        {
            Log.CannotReplace(log, dead.Pid, e.Message);
            return dead;
        }
    }

    private WorkerProcess StartWorker(int slot)
    {
        var worker = WorkerProcess.Start(plan.Arguments, plan.Socket.Descriptor);
        _pids[slot] = worker.Pid;
        return worker;
    }

    private async Task StopAsync(WorkerProcess worker)
    {
        if (!await worker.StopAsync(StopDeadline))
        {
            Log.WorkerKilled(log, worker.Pid, (int)StopDeadline.TotalSeconds);
        }
    }
}
