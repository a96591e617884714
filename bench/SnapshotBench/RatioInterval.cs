using System.Globalization;

namespace HeapDrift.SnapshotBench;

/// <summary>The median of ratios that were measured in pairs, and between what it lies in 95 of 100 cases.</summary>
internal readonly record struct RatioInterval(double Median, double Low, double High)
{
    private const int Resamples = 4_000;
    private const double Tail = 0.025;

    /// <summary>Percentile bootstrap (Efron 1979); the same ratios give the same interval.</summary>
    public static RatioInterval Of(IReadOnlyList<double> ratios)
    {
#pragma warning disable CA5394 // Nothing is secret.
        var random = new Random(1);
        double[] medians =
        [
            .. Enumerable.Range(0, Resamples)
                .Select(_ => new Spread([.. Enumerable.Range(0, ratios.Count).Select(_ => ratios[random.Next(ratios.Count)])]).Median)
                .Order(),
        ];
#pragma warning restore CA5394
        return new(new Spread(ratios).Median, medians[(int)(Tail * Resamples)], medians[(int)((1 - Tail) * Resamples)]);
    }

    /// <summary>True or false where the whole interval says so; null where more turns are needed.</summary>
    public bool? IsAtLeast(double least) => Low >= least ? true : High < least ? false : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median:N4} ({Low:N4} to {High:N4})");
}
