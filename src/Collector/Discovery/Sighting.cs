namespace HeapDrift.Collector.Discovery;

/// <summary>A process at one moment, whether it is a worker or not.</summary>
/// <param name="Worker">What is known of it.</param>
/// <param name="Program">What it runs.</param>
internal sealed record Sighting(Worker Worker, RunningProgram Program)
{
    /// <summary>Its mappings may not be read.</summary>
    public required bool IsHidden { get; init; }

    /// <summary>A worker's memory frozen by HeapDrift: it looks like the worker, and no instruction of it ever runs.</summary>
    public required bool IsFrozenCopy { get; init; }

    /// <summary>Which agent it wants, as its environment has it (<see cref="WorkerDirectory.AgentVariable"/>). Null where that does not say.</summary>
    public required string? Agent { get; init; }

    /// <summary>False for a kernel thread.</summary>
    public required bool HasMemory { get; init; }
}
