namespace HeapDrift.Profiling.Watching;

/// <summary>
/// A line through points of which up to 29 % may be anywhere: the median of the slopes between all pairs (Theil 1950, Sen 1968).
/// </summary>
internal static class TheilSen
{
    /// <summary>O(n² log n) in time and n²/2 numbers in memory: for some hundred points.</summary>
    /// <returns>NaN where no two points differ in <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Slope(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"Expected as many values of y as of x, {x.Length}, found {y.Length}", nameof(y));
        }

        double[] slopes = new double[x.Length * Math.Max(0, x.Length - 1) / 2];
        int count = 0;
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = i + 1; j < x.Length; j++)
            {
                if (x[j] != x[i])
                {
                    slopes[count++] = (y[j] - y[i]) / (x[j] - x[i]);
                }
            }
        }

        return Median(slopes.AsSpan(0, count));
    }

    private static double Median(Span<double> values)
    {
        if (values.IsEmpty)
        {
            return double.NaN;
        }

        values.Sort();
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
