using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Captures;

/// <summary>The time between the first snapshot and the last, with those that are taken meanwhile.</summary>
internal sealed class CaptureWindow(CaptureSettings settings, Worker worker, WorkerDirectory directory, MemoryMoments memory, TimeProvider clock)
{
    /// <summary>How soon the end of a worker is noticed; reading its status costs microseconds.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly List<ConfirmingSnapshot> _confirmations = [];

    /// <summary>For the report; null where none were taken.</summary>
    public IReadOnlyList<ConfirmingSnapshot>? Confirmations => _confirmations.Count == 0 ? null : _confirmations;

    /// <summary>Waits for the end of the window.</summary>
    /// <param name="baseline">Taken just now.</param>
    /// <param name="end">When the window ends by itself.</param>
    /// <param name="takeAsync">Takes a snapshot as the baseline was taken.</param>
    /// <param name="finish">Ends the window early.</param>
    /// <param name="cancellationToken">Takes the capture back.</param>
    /// <returns>What was taken meanwhile.</returns>
    /// <exception cref="SnapshotException">The worker exited.</exception>
    public async Task<IReadOnlyList<HeapSnapshot>> WaitAsync(
        HeapSnapshot baseline, DateTimeOffset end, Func<Task<HeapSnapshot>> takeAsync, Task finish, CancellationToken cancellationToken)
    {
        List<HeapSnapshot?> between = [];
        int noted = 0;
        DateTimeOffset start = end - settings.Window;
        int confirmations = settings.Confirmations ?? ConfirmationPlan.For(baseline, settings.Window);
        while (!finish.IsCompleted && clock.GetUtcNow() < end)
        {
            if (!directory.Lives(worker))
            {
                throw new SnapshotException(CaptureOutcome.WorkerExited, $"process {worker.Pid} exited between the two snapshots");
            }

            if (between.Count < confirmations && clock.GetUtcNow() >= start + (settings.Window * (between.Count + 1) / (confirmations + 1)))
            {
                between.Add(await TryConfirmAsync(takeAsync));
            }
            else if (confirmations < ConfirmationPlan.Usual && noted < ConfirmationPlan.Usual && clock.GetUtcNow() >= start + (settings.Window * (noted + 1) / (ConfirmationPlan.Usual + 1)))
            {
                noted++;
                memory.Note();
            }

            TimeSpan left = end - clock.GetUtcNow();
            left = left < TimeSpan.Zero ? TimeSpan.Zero : left;
            await Task.WhenAny(finish, Task.Delay(left < WatchInterval ? left : WatchInterval, clock, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return [.. between.OfType<HeapSnapshot>()];
    }

    /// <summary>One that fails is one interval less, and no reason to give up the capture.</summary>
    private async Task<HeapSnapshot?> TryConfirmAsync(Func<Task<HeapSnapshot>> takeAsync)
    {
        MemoryReading? reading = memory.Read();
        HeapSnapshot snapshot;
        try
        {
            snapshot = await takeAsync();
        }
        catch (SnapshotException failed) when (failed.Outcome != CaptureOutcome.WorkerExited)
        {
            return null;
        }

        if (!snapshot.IsComplete)
        {
            return null;
        }

        memory.Divide(reading, snapshot);
        _confirmations.Add(new ConfirmingSnapshot
        {
            TakenAt = snapshot.TakenAt,
            PauseMilliseconds = snapshot.Pause?.TotalMilliseconds,
            LiveObjects = snapshot.LiveObjects,
            LiveBytes = snapshot.LiveBytes,
        });
        return snapshot;
    }
}
