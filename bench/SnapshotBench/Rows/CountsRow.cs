namespace HeapDrift.SnapshotBench.Rows;

/// <summary>Whether two engines that have nothing in common count the same objects, type by type of the application.</summary>
internal static class CountsRow
{
    private const string Application = "BenchWorker.dll";
    private const int MostNamed = 5;

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        Worker worker = await run.HeapWorkerAsync();

        // The baseline second: it makes the worker collect, and what it collects was garbage to the first one too.
        Dictionary<string, (long Objects, long Bytes)> figure = Count(await run.TakeAsync(worker, run.Options.Engine));
        Dictionary<string, (long Objects, long Bytes)> baseline = Count(await run.TakeOneBaselineAsync(worker));
        string[] names = [.. figure.Keys.Union(baseline.Keys).Order(StringComparer.Ordinal)];
        if (names.Length == 0)
        {
            throw new RowException($"neither engine names a type of {Application}");
        }

        string[] differing = [.. names.Where(name => figure.GetValueOrDefault(name) != baseline.GetValueOrDefault(name))];
        return
        [
            new(
                "application types that are counted differently",
                $"{differing.Length} of {names.Length}",
                $"eventpipe: {Units.Count(baseline.Values.Sum(type => type.Objects))} objects of {baseline.Count} types",
                Units.Ratio(figure.Values.Sum(type => type.Objects), baseline.Values.Sum(type => type.Objects)),
                "0",
                differing.Length == 0)
            {
                Notes =
                [
                    .. differing.Take(MostNamed).Select(name => $"counts: {name}: {Show(figure, name)}, eventpipe {Show(baseline, name)}"),
                    .. differing.Length > MostNamed ? [$"counts: and {differing.Length - MostNamed} more"] : Array.Empty<string>(),
                ],
            },
        ];
    }

    private static Dictionary<string, (long Objects, long Bytes)> Count(SnapshotTaken taken) =>
        taken.Types
            .Where(type => Path.GetFileName(type.Module) == Application)
            .GroupBy(type => Innermost(type.Name), StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => (same.Sum(type => type.Objects), same.Sum(type => type.Bytes)));

    /// <summary>The runtime's events name a nested type without the types around it; those of the same name can only be compared together.</summary>
    private static string Innermost(string name)
    {
        int arguments = name.IndexOf('<', 1) is > 0 and int at ? at : name.Length;
        return name[(name.LastIndexOf('+', arguments - 1) + 1)..];
    }

    private static string Show(Dictionary<string, (long Objects, long Bytes)> counts, string name) =>
        counts.TryGetValue(name, out (long Objects, long Bytes) count) ? $"{count.Objects:N0} objects, {count.Bytes:N0} bytes" : "absent";
}
