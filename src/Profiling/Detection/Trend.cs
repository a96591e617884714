using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Detection;

/// <summary>
/// Whether values rise: the Theil-Sen slope for how fast, the Mann-Kendall test for whether at all (Mann 1945, Kendall 1975).
/// Both look at all pairs, O(n²) for some twenty values.
/// </summary>
internal readonly record struct Trend
{
    /// <summary>One-sided, 1 in 10,000: a node tests some workers every minute for months.</summary>
    private const double LeastZ = 3.72;

    /// <summary>Of the whole rise, in each third: an even rise has a third each, a step all of it in one.</summary>
    private const double LeastShareOfThird = 0.15;

    /// <summary>
    /// The slope of the second half against that of the first: what slows down within a window soon ends. Halves rather than the thirds at the ends, where few
    /// values decide: caches that fill within hours passed there.
    /// </summary>
    private const double LeastPersistence = 0.75;

    /// <summary>Of the whole rise, in one interval. An even rise has a twentieth in each, five deployments a fifth in five.</summary>
    private const double MostShareOfInterval = 0.16;

    /// <summary>Standard deviations of its noise, that one value may lie off.</summary>
    private const double MostNoise = 2;

    /// <summary>A value an interval.</summary>
    public double Slope { get; private init; }

    /// <summary>By the slope, over the whole window.</summary>
    public double Rise { get; private init; }

    public bool IsSignificant { get; private init; }

    /// <summary>It rises in each third of the window, and at its end as well as at its beginning.</summary>
    public bool IsSteady { get; private init; }

    /// <summary>Of evenly spaced values.</summary>
    public static Trend Of(double[] values) => Of([.. Enumerable.Range(0, values.Length).Select(at => (double)at)], values);

    /// <param name="places">In which interval each value is, in ascending order; some may be missing.</param>
    /// <param name="values">As many.</param>
    public static Trend Of(double[] places, double[] values)
    {
        double slope = TheilSen.Slope(places, values);
        return new()
        {
            Slope = slope,
            Rise = slope * (places[^1] - places[0]),
            IsSignificant = MannKendall(values) >= LeastZ,
            IsSteady = Steady(places, values),
        };
    }

    /// <summary>The normal approximation with the correction for ties, good from ten values on.</summary>
    private static double MannKendall(double[] values)
    {
        int n = values.Length;
        int s = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j < n; j++)
            {
                s += Math.Sign(values[j] - values[i]);
            }
        }

        double ties = values.GroupBy(value => value).Sum(same => same.Count() * (same.Count() - 1.0) * ((2.0 * same.Count()) + 5));
        double variance = ((n * (n - 1.0) * ((2.0 * n) + 5)) - ties) / 18;
        return variance <= 0 || s == 0 ? 0 : (s - Math.Sign(s)) / Math.Sqrt(variance);
    }

    private static bool Steady(double[] places, double[] values)
    {
        // Medians of small groups at the joints of the thirds: one odd value must not decide.
        double third = Math.Floor((places[^1] - places[0]) / 3);
        double[] joints = [.. Enumerable.Range(0, 4).Select(at => Around(values, Array.FindIndex(places, place => place >= places[0] + (at * third))))];
        double[] rises = [joints[1] - joints[0], joints[2] - joints[1], joints[3] - joints[2]];
        double rise = joints[3] - joints[0];
        double[] steps = [.. Enumerable.Range(1, values.Length - 1).Select(at => (values[at] - values[at - 1]) / (places[at] - places[at - 1]))];
        double noise = NoiseOf(steps);
        return rise > 0
            && Array.TrueForAll(rises, part => part >= (LeastShareOfThird * rise) - noise)
            && SlopeOf(places, values, values.Length / 2, values.Length) >= LeastPersistence * SlopeOf(places, values, 0, (values.Length + 1) / 2)
            && steps.Max() <= (MostShareOfInterval * rise) + (MostNoise * noise);
    }

    /// <summary>
    /// Standard deviation of the values around their rise, by the median deviation of their steps: a few large steps do not count as noise.
    /// 1.4826 makes it one of a normal distribution, and a step has the noise of two values.
    /// </summary>
    private static double NoiseOf(double[] steps)
    {
        double middle = Median(steps);
        return 1.4826 / Math.Sqrt(2) * Median([.. steps.Select(step => Math.Abs(step - middle))]);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static double SlopeOf(double[] places, double[] values, int from, int to) => TheilSen.Slope(places.AsSpan(from, to - from), values.AsSpan(from, to - from));

    private static double Around(double[] values, int at)
    {
        double[] group = [.. values.Skip(Math.Max(0, at - 1)).Take(3).Order()];
        return group[group.Length / 2];
    }
}
