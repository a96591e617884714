using System.Globalization;

namespace HeapDrift.SnapshotBench.Rows;

/// <summary>From the freeze to the finished snapshot with its retention tree, and whether everything is in it.</summary>
internal static class DurationRow
{
    private const double MostSeconds = 2;

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        Worker worker = await run.HeapWorkerAsync();
        IReadOnlyList<SnapshotTaken> taken = await run.TakeManyAsync(worker);
        IReadOnlyList<SnapshotTaken> baseline = await run.TakeBaselineAsync(worker);

        long expected = long.Parse(worker.Ready, CultureInfo.InvariantCulture);
        SnapshotTaken fewest = taken.MinBy(snapshot => snapshot.LiveObjects)!;
        SnapshotTaken? other = baseline.MinBy(snapshot => snapshot.LiveObjects);
        return
        [
            Compare("freeze to finished snapshot", taken, baseline, snapshot => snapshot.DurationMilliseconds / 1000, MostSeconds),
            Compare("the whole command, start to exit", taken, baseline, snapshot => snapshot.Wall.TotalSeconds, null),
            new(
                "objects in the snapshot",
                $"{Units.Count(fewest.LiveObjects)}, {Units.Megabytes(fewest.LiveBytes)}",
                other is null ? "eventpipe: not measured" : $"eventpipe: {Units.Count(other.LiveObjects)}, {Units.Megabytes(other.LiveBytes)}",
                Units.Ratio(fewest.LiveObjects, other?.LiveObjects),
                $">= {Units.Count(expected)} known to live",
                fewest.LiveObjects >= expected)
            {
                Notes = [string.Create(CultureInfo.InvariantCulture, $"objects: every snapshot counted here says it is complete; least coverage {taken.Min(snapshot => snapshot.Coverage):P2}")],
            },
        ];
    }

    private static Row Compare(
        string what, IReadOnlyList<SnapshotTaken> taken, IReadOnlyList<SnapshotTaken> baseline, Func<SnapshotTaken, double> seconds, double? most)
    {
        var figure = new Spread([.. taken.Select(seconds)]);
        Spread? other = Spread.OfAny(baseline.Select(seconds));
        return new(
            what,
            figure.Show(Units.Seconds),
            $"eventpipe: {other?.Show(Units.Seconds) ?? "not measured"}",
            Units.Ratio(figure.Median, other?.Median),
            most is null ? null : string.Create(CultureInfo.InvariantCulture, $"<= {most} s"),
            most is null ? null : figure.Median <= most);
    }
}
