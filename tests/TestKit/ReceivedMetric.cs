namespace HeapDrift.TestKit;

/// <summary>A metric as it came over the wire.</summary>
public sealed record ReceivedMetric
{
    public required string Name { get; init; }

    public required string Unit { get; init; }

    /// <summary>gauge, sum or histogram.</summary>
    public required string Kind { get; init; }

    /// <summary>Of a sum: it only goes up.</summary>
    public required bool IsMonotonic { get; init; }

    public required IReadOnlyList<ReceivedPoint> Points { get; init; }
}

/// <summary>One point.</summary>
/// <param name="Attributes">As text.</param>
/// <param name="Value">Of a histogram the number of measurements.</param>
/// <param name="ExemplarTraceIds">Lower-case hex.</param>
public sealed record ReceivedPoint(IReadOnlyDictionary<string, string> Attributes, double Value, IReadOnlyList<string> ExemplarTraceIds);
