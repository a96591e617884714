namespace HeapDrift.TestKit;

/// <summary>An event inside a <see cref="ReceivedSpan"/>.</summary>
public sealed record ReceivedSpanEvent(string Name, DateTimeOffset Time, IReadOnlyDictionary<string, object?> Attributes);
