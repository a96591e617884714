namespace HeapDrift.TestKit;

/// <summary>
/// A span as it came over the wire. Ids are lower-case hex; kind and status keep the names of the protocol ("SPAN_KIND_INTERNAL",
/// "STATUS_CODE_ERROR"). Attribute values are string, bool, long, double, byte[], object?[] or a dictionary of the same.
/// </summary>
public sealed record ReceivedSpan
{
    public required string TraceId { get; init; }

    public required string SpanId { get; init; }

    /// <summary>Null for a root span.</summary>
    public required string? ParentSpanId { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    public required string StatusCode { get; init; }

    public required string StatusMessage { get; init; }

    public required IReadOnlyDictionary<string, object?> Attributes { get; init; }

    public required IReadOnlyList<ReceivedSpanEvent> Events { get; init; }

    public required string ScopeName { get; init; }

    public required IReadOnlyDictionary<string, object?> Resource { get; init; }
}
