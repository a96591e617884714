namespace HeapDrift.Profiling.Diff;

/// <summary>How the growth of one path went on from snapshot to snapshot, and what that allows to say of it.</summary>
internal static class GrowthSeries
{
    /// <summary>
    /// In each interval a leak grows at this share of its mean rate or more. The weakest interval separates leaks from what only looks so better
    /// than the mean does; traffic that comes in waves, and tables that double, make it uneven.
    /// </summary>
    private const double WeakestShare = 0.25;

    /// <summary>A last interval this much weaker than the first, with none stronger between, is a curve that flattens.</summary>
    private const double FlattenedShare = 0.35;

    /// <param name="points">Seconds and amount at each snapshot, in order; at least two, the last amount above the first.</param>
    public static Verdict Judge(IReadOnlyList<(double Seconds, double Amount)> points)
    {
        double[] rates = [.. points.Skip(1).Select((point, at) => (point.Amount - points[at].Amount) / Math.Max(point.Seconds - points[at].Seconds, double.Epsilon))];
        double gained = points[^1].Amount - points[0].Amount;
        double mean = gained / Math.Max(points[^1].Seconds - points[0].Seconds, double.Epsilon);
        double peak = points.Max(point => point.Amount);
        return points[^1].Amount < peak - ((peak - points[0].Amount) * WeakestShare) ? Verdict.NoGrowth
            : rates.Length > 1 && (rates[^1] < mean * WeakestShare || Flattens(rates)) ? Verdict.Saturating
            : rates.Min() < mean * WeakestShare ? Verdict.Inconclusive
            : Verdict.ManagedLeak;
    }

    private static bool Flattens(double[] rates) =>
        rates.Length > 2 && rates[^1] < rates[0] * FlattenedShare && rates.Zip(rates.Skip(1)).All(pair => pair.Second <= pair.First);
}
