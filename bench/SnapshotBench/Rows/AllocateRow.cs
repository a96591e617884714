using System.Diagnostics;

namespace HeapDrift.SnapshotBench.Rows;

/// <summary>
/// Every page that a worker writes while its copy lives exists twice. How much that is depends on what the worker does; this one keeps the
/// large heap and allocates 300 MB/s beside it.
/// </summary>
internal static class AllocateRow
{
    private const int MegabytesPerSecond = 300;

    /// <summary>Below it the worker did not do what the row says.</summary>
    private const double LeastShareOfRate = 0.8;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        await run.EndHeapWorkerAsync();
        Screen.Progress($"filling a heap of {run.Options.Objects:N0} objects for the allocating worker");
        await using Worker worker = await Worker.StartAsync(
            isServerGc: false, run.CancellationToken, "allocate", run.ObjectsArgument, $"{MegabytesPerSecond}");

        // Not counted; also until the allocator's own survivors are all there.
        TimeSpan calmTime = (await run.TakeAsync(worker, run.Options.Engine)).Wall;
        await Task.Delay(TimeSpan.FromSeconds(1), run.CancellationToken);
        var rates = new List<double>();
        var calmGrowths = new List<double>();
        var growths = new List<double>();
        for (int i = 0; i < run.Options.Repeat; i++)
        {
            double allocated = await worker.AllocatedBytesAsync(run.CancellationToken);
            long started = Stopwatch.GetTimestamp();
            Spread calm = await PeakMemory.OfWorkerAndCopyAsync(worker.Pid, Interval, Task.Delay(calmTime, run.CancellationToken), run.CancellationToken);
            rates.Add((await worker.AllocatedBytesAsync(run.CancellationToken) - allocated) / Stopwatch.GetElapsedTime(started).TotalSeconds);

            Task<SnapshotTaken> taking = run.TakeAsync(worker, run.Options.Engine);
            Spread during = await PeakMemory.OfWorkerAndCopyAsync(worker.Pid, Interval, taking, run.CancellationToken);
            calmTime = (await taking).Wall;
            calmGrowths.Add(calm.Highest - calm.Median);
            growths.Add(during.Highest - calm.Median);
            Screen.Progress($"allocate {i + 1}/{run.Options.Repeat}: {Units.Megabytes(growths[^1])}, without {Units.Megabytes(calmGrowths[^1])}");
        }

        var rate = new Spread(rates);
        if (rate.Median < MegabytesPerSecond * 1e6 * LeastShareOfRate)
        {
            throw new RowException($"the worker allocated only {Units.Megabytes(rate.Median)}/s between snapshots: the machine is too busy");
        }

        var figure = new Spread(growths);
        var baseline = new Spread(calmGrowths);
        return
        [
            new(
                $"memory that a snapshot adds to a worker that allocates {MegabytesPerSecond} MB/s",
                figure.Show(Units.Megabytes),
                $"same worker, same time, no snapshot: {baseline.Show(Units.Megabytes)}",
                Units.Ratio(figure.Median, baseline.Median),
                null,
                null)
            {
                Notes =
                [
                    $"allocate: peak minus median before, of the PSS of worker and copy together (a page they still share counts once), every 50 ms; it allocated {Units.Megabytes(rate.Median)}/s",
                ],
            },
        ];
    }
}
