using HeapDrift.Profiling.Detection;

namespace HeapDrift.DetectorBench;

/// <summary>The memory of one process over time.</summary>
/// <param name="Kind">What it is like.</param>
/// <param name="LeakBegins">Null where it is healthy.</param>
/// <param name="LimitBytes">Of its control group; null where there is none.</param>
/// <param name="Samples">In order. A leak ends them when it reaches the limit.</param>
internal sealed record MemorySeries(string Kind, TimeSpan? LeakBegins, long? LimitBytes, IReadOnlyList<MemorySample> Samples)
{
    public static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public bool IsLeaking => LeakBegins is not null;

    public TimeSpan Length => Samples.Count == 0 ? TimeSpan.Zero : Samples[^1].At - Samples[0].At;
}
