namespace HeapDrift.Profiling.Allocations;

/// <summary>The sampled allocations of a window as they lay at the moment of its final snapshot.</summary>
internal sealed record SampleSet
{
    public static SampleSet None { get; } = new() { Samples = [], Stacks = new StackTable(), Seen = 0, Lost = 0, FullCollections = 0 };

    /// <summary>One for each address.</summary>
    public required IReadOnlyList<SampledObject> Samples { get; init; }

    public required StackTable Stacks { get; init; }

    /// <summary>Samples that came in the whole window, most of objects that are gone.</summary>
    public required long Seen { get; init; }

    /// <summary>When those came, in ticks of the worker's monotonic clock.</summary>
    public ArrivalTimes Arrivals { get; init; } = new();

    /// <summary>When the first sample of a stack came, of an object that may be gone; in the window, so that it is not before the baseline.</summary>
    public IReadOnlyDictionary<int, long> FirstOfStack { get; init; } = new Dictionary<int, long>();

    /// <summary>The snapshot is of a later moment than the samples: what a collection moved between is not found.</summary>
    public bool IsLate { get; init; }

    /// <summary>Collections of the whole heap in the window.</summary>
    public required int FullCollections { get; init; }

    /// <summary>Events that the runtime dropped: what they would have told is missing from every estimate.</summary>
    public required long Lost { get; init; }
}
