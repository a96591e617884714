using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Collector.Captures;

/// <summary>How many snapshots between the first and the last suit a window.</summary>
internal static class ConfirmationPlan
{
    /// <summary>Three intervals tell a line from a curve and from a saw.</summary>
    public const int Usual = 2;

    /// <summary>A snapshot takes some of the worker's memory as long as it is read; most of the window it shall have none of that.</summary>
    private const double MostShareOfWindow = 0.25;

    /// <param name="baseline">How it was taken, and how long that took.</param>
    /// <param name="window">Between the first and the last.</param>
    public static int For(HeapSnapshot baseline, TimeSpan window) =>
        baseline.Engine != CopyOnWriteEngine.Name ? 0 : (int)Math.Clamp(window * MostShareOfWindow / baseline.Duration, 0, Usual);
}
