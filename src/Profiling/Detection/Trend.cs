using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Detection;

/// <summary>
/// Whether evenly spaced values rise: the Theil-Sen slope for how fast, the Mann-Kendall test for whether at all (Mann 1945, Kendall 1975).
/// Both look at all pairs, O(n²) for some twenty values.
/// </summary>
internal readonly record struct Trend
{
    /// <summary>One-sided, 1 in 10,000: a node tests some workers every minute for months.</summary>
    private const double LeastZ = 3.72;

    /// <summary>Of the whole rise, in each third: an even rise has a third each, a step all of it in one.</summary>
    private const double LeastShareOfThird = 0.15;

    /// <summary>The rise of the last third against that of the first: what slows down within a window soon ends.</summary>
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

    public static Trend Of(double[] values)
    {
        double[] places = [.. Enumerable.Range(0, values.Length).Select(at => (double)at)];
        double slope = TheilSen.Slope(places, values);
        return new()
        {
            Slope = slope,
            Rise = slope * (values.Length - 1),
            IsSignificant = MannKendall(values) >= LeastZ,
            IsSteady = Steady(values),
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

    private static bool Steady(double[] values)
    {
        // Medians of small groups at the joints of the thirds: one odd value must not decide.
        int third = (values.Length - 1) / 3;
        double[] joints = [.. Enumerable.Range(0, 4).Select(at => Around(values, Math.Min(at * third, values.Length - 1)))];
        double[] rises = [joints[1] - joints[0], joints[2] - joints[1], joints[3] - joints[2]];
        double rise = joints[3] - joints[0];
        double[] steps = [.. values.Zip(values.Skip(1), (before, after) => after - before)];
        double noise = NoiseOf(steps);
        return rise > 0
            && Array.TrueForAll(rises, part => part >= (LeastShareOfThird * rise) - noise)
            && rises[2] >= LeastPersistence * rises[0]
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

    private static double Around(double[] values, int at)
    {
        double[] group = [.. values.Skip(Math.Max(0, at - 1)).Take(3).Order()];
        return group[group.Length / 2];
    }
}
