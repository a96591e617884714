using System.Globalization;

namespace HeapDrift.SnapshotBench.Rows;

/// <summary>
/// How long the worker's own threads stood still, beside what the kernel alone takes to copy the same process. Forks and snapshots take
/// turns, so that a busy neighbour meets both.
/// </summary>
internal static class PauseRow
{
    /// <summary>The target of the design: what the kernel takes, and a little for stopping and starting threads.</summary>
    private const double MostTimesFork = 1.3;
    private const double MostAddedMilliseconds = 3;

    private const int ForksPerRound = 3;

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        Worker worker = await run.HeapWorkerAsync();
        var rounds = new List<Round>();

        // The first round is not counted: it compiles the worker's code, and tells how long a snapshot takes.
        TimeSpan calm = TimeSpan.FromSeconds(1);
        for (int i = 0; i <= run.Options.Repeat; i++)
        {
            Round round = await MeasureRoundAsync(run, worker, calm);
            calm = round.Wall;
            if (i > 0)
            {
                rounds.Add(round);
                Screen.Progress($"pause {i}/{run.Options.Repeat}: {round.Gap:N1} ms, noise {round.Noise:N1} ms, fork {round.Forks.Average():N1} ms");
            }
        }

        var gap = new Spread([.. rounds.Select(round => round.Gap)]);
        var fork = new Spread([.. rounds.SelectMany(round => round.Forks)]);
        var shared = new Spread([.. rounds.Select(round => round.Shared)]);
        var noise = new Spread([.. rounds.Select(round => round.Noise)]);
        double most = (MostTimesFork * fork.Median) + MostAddedMilliseconds;
        double[] told = [.. rounds.Select(round => round.Told).OfType<double>()];
        return
        [
            new(
                "pause seen inside the worker",
                gap.Show(Units.Milliseconds),
                $"bare fork(): {fork.Show(Units.Milliseconds)}",
                Units.Ratio(gap.Median, fork.Median),
                string.Create(CultureInfo.InvariantCulture, $"<= {MostTimesFork} x fork + {MostAddedMilliseconds} ms = {most:N1} ms"),
                gap.Median <= most)
            {
                Notes =
                [
                    $"pause: longest gap between two clock readings of two spinning threads; without a snapshot {noise.Show(Units.Milliseconds)} over the same time",
                    $"pause: of the thread that the scheduler disturbed less: {shared.Show(Units.Milliseconds)}",
                    told.Length == 0 ? "pause: the tool itself reports none" : $"pause: the tool itself reports {new Spread(told).Show(Units.Milliseconds)}",
                ],
            },
        ];
    }

    private static async Task<Round> MeasureRoundAsync(BenchRun run, Worker worker, TimeSpan calm)
    {
        CancellationToken cancellationToken = run.CancellationToken;
        var forks = new List<double>();
        for (int i = 0; i < ForksPerRound; i++)
        {
            forks.Add(await worker.ForkMillisecondsAsync(cancellationToken));
        }

        await worker.StartGapMeterAsync(cancellationToken);
        await worker.ResetGapAsync(cancellationToken);
        await Task.Delay(calm, cancellationToken);
        double noise = (await worker.GapMillisecondsAsync(cancellationToken)).Worst;
        await worker.ResetGapAsync(cancellationToken);
        SnapshotTaken taken = await run.TakeAsync(worker, run.Options.Engine);
        (double gap, double shared) = await worker.GapMillisecondsAsync(cancellationToken);
        await worker.StopGapMeterAsync(cancellationToken);
        return gap > 0 ? new(gap, shared, noise, forks, taken.PauseMilliseconds, taken.Wall) : throw new RowException("the worker's gap meter did not run");
    }

    /// <summary>All in milliseconds but the last.</summary>
    private sealed record Round(double Gap, double Shared, double Noise, IReadOnlyList<double> Forks, double? Told, TimeSpan Wall);
}
