namespace HeapDrift.TestKit;

/// <summary>A log record as it came over the wire; attribute values as in <see cref="ReceivedSpan"/>.</summary>
public sealed record ReceivedLog
{
    /// <summary>Null outside a trace.</summary>
    public required string? TraceId { get; init; }

    /// <summary>Null outside a trace.</summary>
    public required string? SpanId { get; init; }

    /// <summary>Null where the sender set none.</summary>
    public required string? EventName { get; init; }

    public required string Body { get; init; }

    public required int SeverityNumber { get; init; }

    public required string SeverityText { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required IReadOnlyDictionary<string, object?> Attributes { get; init; }

    public required string ScopeName { get; init; }

    public required IReadOnlyDictionary<string, object?> Resource { get; init; }
}
