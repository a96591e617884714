namespace HeapDrift.Profiling.Heap;

/// <summary>Live instances of one type and their own bytes, without what they refer to.</summary>
internal sealed record TypeUsage
{
    /// <summary>As written in C#.</summary>
    public required string Name { get; init; }

    /// <summary>File name of the module that defines the type; null when the runtime did not name it.</summary>
    public required string? Module { get; init; }

    public required long Objects { get; init; }

    public required long Bytes { get; init; }
}
