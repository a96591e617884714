namespace HeapDrift.Profiling.Watching;

/// <summary>The memory of one process at one moment, for continuous figures.</summary>
internal sealed record WorkerMemory
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Null in a cheap reading.</summary>
    public ProportionalMemory? Pss { get; init; }

    /// <summary>Resident pages that no other process maps. Null in a cheap reading.</summary>
    public long? PrivateBytes { get; init; }

    /// <summary>Resident bytes, shared pages counted in full.</summary>
    public required long RssBytes { get; init; }

    /// <summary>The tightest limit of the process's control group and those above it. Null where there is none.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>
    /// What can still be allocated before one of those groups is full, by whichever of its processes. Page cache that nobody touched lately
    /// counts as free. Null where there is no limit.
    /// </summary>
    public long? HeadroomBytes { get; init; }

    /// <summary>How long the kernel took for smaps_rollup. Zero in a cheap reading.</summary>
    public TimeSpan ReadCost { get; init; }

    /// <summary>Why there is no PSS, in one sentence. Null where there is.</summary>
    public string? WhyCheap { get; init; }

    /// <summary>Only RSS was read.</summary>
    public bool IsCheap => Pss is null;

    /// <summary>What growth is measured by: PSS with swap, or RSS where that is all there is.</summary>
    public long UsedBytes => Pss?.TotalBytes ?? RssBytes;
}
