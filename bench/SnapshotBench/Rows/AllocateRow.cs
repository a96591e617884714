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

    /// <summary>64 MB, hexadecimal. Left alone the runtime tunes it all the time, by more than what is measured here.</summary>
    private const string Gen0Size = "4000000";

    /// <summary>Of which reading takes up to a half where the heap is large.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Some collections of each kind, and the survivors all there.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LeastCalm = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        await run.EndHeapWorkerAsync();
        Screen.Progress($"filling a heap of {run.Options.Objects:N0} objects for the allocating worker");
        await using Worker worker = await Worker.StartAsync(
            ("DOTNET_GCgen0size", Gen0Size), run.CancellationToken, "allocate", run.ObjectsArgument, $"{MegabytesPerSecond}");

        TimeSpan calmTime = (await run.TakeAsync(worker, run.Options.Engine)).Wall;
        await Task.Delay(WarmUp, run.CancellationToken);
        var rates = new List<double>();
        var calmGrowths = new List<double>();
        var growths = new List<double>();
        for (int i = 0; i < run.Options.Repeat; i++)
        {
            double allocated = await worker.AllocatedBytesAsync(run.CancellationToken);
            long started = Stopwatch.GetTimestamp();
            Spread calm = await PeakMemory.OfWorkerAndCopyAsync(worker.Pid, Interval, Task.Delay(calmTime > LeastCalm ? calmTime : LeastCalm, run.CancellationToken), run.CancellationToken);
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
                $"same worker, no snapshot: {baseline.Show(Units.Megabytes)}",
                figure.Median > 0 ? Units.Ratio(figure.Median, baseline.Median) : "-",
                null,
                null)
            {
                Notes =
                [
                    $"allocate: peak minus median before, of the PSS of worker and copy together (a page they still share counts once), every 100 ms; gen0 fixed at 64 MB; it allocated {Units.Megabytes(rate.Median)}/s",
                ],
            },
        ];
    }
}
