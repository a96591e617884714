namespace HeapDrift.SnapshotBench.Rows;

/// <summary>What the tool takes of the machine at its worst moment. In runs of its own, because sampling slows what is sampled.</summary>
internal static class MemoryRow
{
    private const double MostBytes = 400e6;

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        Worker worker = await run.HeapWorkerAsync();
        var figure = new Spread([.. (await run.TakeManyAsync(worker, isMemorySampled: true)).Select(snapshot => (double)snapshot.PeakToolBytes)]);
        Spread? baseline = Spread.OfAny((await run.TakeBaselineAsync(worker, isMemorySampled: true)).Select(snapshot => (double)snapshot.PeakToolBytes));
        return
        [
            new(
                "peak memory of the tool and its children",
                figure.Show(Units.Megabytes),
                $"eventpipe: {baseline?.Show(Units.Megabytes) ?? "not measured"}",
                Units.Ratio(figure.Median, baseline?.Median),
                $"<= {Units.Megabytes(MostBytes)}",
                figure.Median <= MostBytes)
            {
                Notes = ["memory: highest sum of PSS every 20 ms, or the highest VmHWM of one process where that is more; the frozen copy is the worker's child and not in it (see allocate)"],
            },
        ];
    }
}
