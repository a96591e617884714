namespace HeapDrift.Profiling.Detection;

/// <summary>What the detector takes for a leak. The defaults were chosen on generated and recorded series (bench/DetectorBench).</summary>
internal sealed record LeakDetectorOptions
{
    /// <summary>Loading, compiling, opening connections and filling pools look like a leak, and are over after minutes.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Growth below this within a window is not worth a capture.</summary>
    public long FloorBytes { get; init; } = 20L << 20;

    /// <summary>
    /// A gap longer than this says nothing about what happened meanwhile: the detector starts anew. Longer than the 2,000 s after which the largest process
    /// that is read at all is read again (<see cref="Watching.SmapsPace"/>).
    /// </summary>
    public TimeSpan LongestGap { get; init; } = TimeSpan.FromMinutes(45);
}
