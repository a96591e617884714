namespace HeapDrift.Profiling.Diff;

/// <summary>How one type changed between two complete snapshots. Deltas are final minus baseline.</summary>
internal sealed record TypeGrowth
{
    /// <summary>As written in C#, for example <c>System.Collections.Generic.List&lt;Shop.Session&gt;</c>.</summary>
    public required string Name { get; init; }

    /// <summary>File name of the assembly's module, for example <c>Shop.dll</c>; null when the runtime did not name it.</summary>
    public required string? Module { get; init; }

    public required long ObjectsBefore { get; init; }

    public required long ObjectsAfter { get; init; }

    public long ObjectsDelta => ObjectsAfter - ObjectsBefore;

    public required long BytesBefore { get; init; }

    public required long BytesAfter { get; init; }

    public long BytesDelta => BytesAfter - BytesBefore;
}
