using System.Diagnostics;

namespace BenchTarget;

/// <summary>How long a collection of generation 0 takes that finds next to nothing: what is left is its fixed cost, the events that it writes included.</summary>
public static class YoungCollections
{
    /// <summary>The median: what the scheduler takes from some of them does not count.</summary>
    public static double MedianMicroseconds(int times)
    {
        double[] took = new double[times];
        for (int at = 0; at < times; at++)
        {
            long started = Stopwatch.GetTimestamp();
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            took[at] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        return took.Order().ElementAt(times / 2);
    }
}
