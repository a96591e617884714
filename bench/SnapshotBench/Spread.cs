namespace HeapDrift.SnapshotBench;

/// <summary>What repeated measurements gave. A median, because one run beside a busy neighbour must not decide.</summary>
internal sealed record Spread(IReadOnlyList<double> Values)
{
    public double Median { get; } = MedianOf([.. Values.Order()]);

    public double Lowest => Values.Min();

    public double Highest => Values.Max();

    /// <summary>Null where nothing was measured.</summary>
    public static Spread? OfAny(IEnumerable<double> values)
    {
        double[] found = [.. values];
        return found.Length == 0 ? null : new(found);
    }

    /// <summary>"12.3 ms (11.8 to 14.0, n = 5)".</summary>
    public string Show(Func<double, string> unit) =>
        Values.Count == 1 ? $"{unit(Median)} (n = 1)" : $"{unit(Median)} ({unit(Lowest)} to {unit(Highest)}, n = {Values.Count})";

    private static double MedianOf(double[] sorted) =>
        sorted.Length == 0 ? throw new RowException("there was nothing to take a median of")
        : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2]
        : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
}
