using HeapDrift.Profiling.Detection;

namespace HeapDrift.DetectorBench;

/// <summary>A way to find leaks: when it first speaks up on a series. Null where it never does.</summary>
internal delegate TimeSpan? Rule(MemorySeries series);

/// <summary>Ours, and what people put into Prometheus.</summary>
internal static class Rules
{
    private const double Kilobyte = 1000;

    public static IReadOnlyList<(string Name, Rule FirstAlarm)> All { get; } =
    [
        ("HeapDrift", HeapDrift),
        ("deriv(30m) > 100 kB/s for 30m", series => Held(series, TimeSpan.FromMinutes(30), at => Slope(series, at, TimeSpan.FromMinutes(30)) > 100 * Kilobyte)),
        ("deriv(30m) > 10 kB/s for 30m", series => Held(series, TimeSpan.FromMinutes(30), at => Slope(series, at, TimeSpan.FromMinutes(30)) > 10 * Kilobyte)),
        ("predict_linear(1h, 4h) > limit for 10m", series => Held(series, TimeSpan.FromMinutes(10), at =>
            series.LimitBytes is { } limit && series.Samples[at].UsedBytes + (Slope(series, at, TimeSpan.FromHours(1)) * TimeSpan.FromHours(4).TotalSeconds) > limit)),
        ("used > 80 % of limit for 15m", series => Held(series, TimeSpan.FromMinutes(15), at => series.LimitBytes is { } limit && series.Samples[at].UsedBytes > 0.8 * limit)),
    ];

    private static TimeSpan? HeapDrift(MemorySeries series)
    {
        var detector = new LeakDetector(new LeakDetectorOptions());
        foreach (MemorySample sample in series.Samples)
        {
            if (detector.Observe(sample, series.LimitBytes).IsNewSuspicion)
            {
                return sample.At - series.Samples[0].At;
            }
        }

        return null;
    }

    /// <summary>Looked at once a minute, as rules are.</summary>
    private static TimeSpan? Held(MemorySeries series, TimeSpan hold, Func<int, bool> isTrue)
    {
        DateTimeOffset? since = null;
        DateTimeOffset? evaluated = null;
        DateTimeOffset first = series.Samples[0].At;
        for (int at = 0; at < series.Samples.Count; at++)
        {
            DateTimeOffset now = series.Samples[at].At;
            if (now - evaluated < TimeSpan.FromMinutes(1))
            {
                continue;
            }

            evaluated = now;
            since = isTrue(at) ? since ?? now : null;
            if (now - since >= hold)
            {
                return now - first;
            }
        }

        return null;
    }

    /// <summary>Least squares over a window, as deriv and predict_linear have it. Bytes a second; 0 while the window is not full.</summary>
    private static double Slope(MemorySeries series, int at, TimeSpan window)
    {
        DateTimeOffset from = series.Samples[at].At - window;
        if (from < series.Samples[0].At)
        {
            return 0;
        }

        double n = 0, sumX = 0, sumY = 0, sumXY = 0, sumXX = 0;
        for (int each = at; each >= 0 && series.Samples[each].At >= from; each--)
        {
            double x = (series.Samples[each].At - from).TotalSeconds;
            double y = series.Samples[each].UsedBytes;
            (n, sumX, sumY, sumXY, sumXX) = (n + 1, sumX + x, sumY + y, sumXY + (x * y), sumXX + (x * x));
        }

        return ((n * sumXY) - (sumX * sumY)) / ((n * sumXX) - (sumX * sumX));
    }
}
