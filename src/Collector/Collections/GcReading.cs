namespace HeapDrift.Collector.Collections;

/// <summary>
/// What a worker's garbage collector has told since the agent listens. Counts and sums begin with the agent's session and go up while it
/// watches the worker; what was not told is null. Does not change.
/// </summary>
internal sealed record GcReading
{
    public static readonly GcReading None = new();

    /// <summary>Generations that are collected on their own: 0, 1 and 2. Large and pinned objects go with 2.</summary>
    public const int CollectedGenerations = 3;

    /// <summary>False while there never was a session: that no collection was heard of does not mean then that there was none.</summary>
    public bool IsHeard { get; init; }

    /// <summary>Each collection in its own generation only: one of generation 1 is not counted in 0.</summary>
    public IReadOnlyList<long> Collections { get; init; } = new long[CollectedGenerations];

    /// <summary>How long collections held all managed threads.</summary>
    public TimeSpan PauseTime { get; init; }

    /// <summary>Null before the first report of the worker's counters.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>As of the worker's last counters; null before the first ones.</summary>
    public long? CommittedBytes { get; init; }

    /// <summary>After the last collection. Null before it.</summary>
    public GcGenerations? Last { get; init; }

    /// <summary>What was left after the last collection of generation 2. Null before it.</summary>
    public long? LiveBytes { get; init; }
}
