using System.Collections;
using System.Diagnostics;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>
/// One piece of evidence, as log event and as span event with the same attributes. Its own log state, because the source generator of
/// LoggerMessage cannot write dotted attribute names. Attributes that are null are left out; strings keep to <see cref="AttributeLimits"/>.
/// </summary>
internal sealed class TelemetryEvent : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _attributes;

    /// <param name="name">Event name, also repeated as an attribute.</param>
    /// <param name="body">One sentence for people.</param>
    /// <param name="attributes">Strings, longs, doubles, booleans and paths.</param>
    public TelemetryEvent(string name, string body, params (string Name, object? Value)[] attributes)
    {
        Name = name;
        Body = body;
        _attributes =
        [
            new(TelemetryNames.Attributes.EventName, name),
            .. attributes.Where(attribute => attribute.Value is not null).Select(attribute =>
                new KeyValuePair<string, object?>(attribute.Name, Limit(attribute.Value!))),
        ];
    }

    public string Name { get; }

    public string Body { get; }

    public int Count => _attributes.Length;

    public KeyValuePair<string, object?> this[int index] => _attributes[index];

    public ActivityEvent ToSpanEvent(DateTimeOffset time) => new(Name, time, [.. _attributes.Skip(1)]);

    public override string ToString() => Body;

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_attributes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static object Limit(object value) => value switch
    {
        string text => AttributeLimits.Cut(text),
        IReadOnlyList<string> path => AttributeLimits.CutPath(path),
        _ => value,
    };
}
