namespace HeapDrift.Profiling.Allocations;

/// <summary>How likely an allocation is to be sampled by each of the runtime's two ways.</summary>
internal static class SamplingProbability
{
    /// <summary>
    /// Bytes between two samples on average, geometrically distributed: AllocationSampled of .NET 10 (docs/design/features/RandomizedAllocationSampling.md
    /// of dotnet/runtime).
    /// </summary>
    private const double MeanBytes = 102_400;

    /// <summary>Each byte is a chance.</summary>
    public static double OfRandomSample(long objectBytes) => Math.Clamp(1 - Math.Exp(-objectBytes / MeanBytes), double.Epsilon, 1);

    /// <summary>
    /// AllocationTick of .NET 8 and 9 tells the object that filled up the amount since the last tick, about 100 KB: an object is told as often as
    /// its share of the amount.
    /// </summary>
    public static double OfTick(long objectBytes, long amount) => Math.Clamp((double)objectBytes / Math.Max(amount, 1), double.Epsilon, 1);
}
