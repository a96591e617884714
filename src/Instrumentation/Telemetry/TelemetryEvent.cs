using System.Collections;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>
/// One event, as a log record and as a span event with the same attributes. It is the state of its log record itself, because generated
/// log methods cannot have dotted names; its text is the body, whichever provider formats it.
/// </summary>
internal sealed class TelemetryEvent : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly EventId _id;
    private readonly string _body;
    private readonly KeyValuePair<string, object?>[] _attributes;

    /// <param name="id">Its name is the name of the event.</param>
    /// <param name="body">One sentence for a person.</param>
    /// <param name="attributes">Of any length and partly null: <see cref="AttributeLimits"/> are applied here.</param>
    public TelemetryEvent(EventId id, string body, IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        _id = id;
        _body = body;
        _attributes = [KeyValuePair.Create(TelemetryNames.Attributes.EventName, (object?)id.Name), .. AttributeLimits.Apply(attributes)];
    }

    public int Count => _attributes.Length;

    public KeyValuePair<string, object?> this[int index] => _attributes[index];

    /// <summary>The trace and span of the record are those of <see cref="Activity.Current"/>.</summary>
    public void WriteTo(ILogger logger, LogLevel level) => logger.Log(level, _id, this, exception: null, static (state, _) => state._body);

    public ActivityEvent At(DateTimeOffset time) => new(_id.Name!, time, new ActivityTagsCollection(_attributes));

    public override string ToString() => _body;

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _attributes.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
