using System.Globalization;
using Google.Protobuf;

namespace HeapDrift.TestKit;

/// <summary>Export requests to plain records.</summary>
internal static class OtlpDecoder
{
    public static IReadOnlyList<ReceivedSpan> Spans(byte[] request) =>
    [
        .. from resourceSpans in OfficialOtlpMessages.TraceRequests.ParseFrom(request).Messages("resource_spans")
           let resource = Resource(resourceSpans)
           from scopeSpans in resourceSpans.Messages("scope_spans")
           let scope = ScopeName(scopeSpans)
           from span in scopeSpans.Messages("spans")
           select Span(span, scope, resource),
    ];

    public static IReadOnlyList<ReceivedLog> Logs(byte[] request) =>
    [
        .. from resourceLogs in OfficialOtlpMessages.LogRequests.ParseFrom(request).Messages("resource_logs")
           let resource = Resource(resourceLogs)
           from scopeLogs in resourceLogs.Messages("scope_logs")
           let scope = ScopeName(scopeLogs)
           from record in scopeLogs.Messages("log_records")
           select Log(record, scope, resource),
    ];

    private static IReadOnlyDictionary<string, object?> Resource(IMessage owner) =>
        owner.Message("resource")?.KeyValues("attributes") ?? new Dictionary<string, object?>();

    private static string ScopeName(IMessage owner) => owner.Message("scope")?.Text("name") ?? string.Empty;

    private static ReceivedSpan Span(IMessage span, string scope, IReadOnlyDictionary<string, object?> resource)
    {
        var status = span.Message("status");
        return new ReceivedSpan
        {
            TraceId = span.Id("trace_id") ?? throw new InvalidDataException("A span without trace id"),
            SpanId = span.Id("span_id") ?? throw new InvalidDataException("A span without span id"),
            ParentSpanId = span.Id("parent_span_id"),
            Name = span.Text("name"),
            Kind = span.EnumName("kind"),
            Start = span.Time("start_time_unix_nano"),
            End = span.Time("end_time_unix_nano"),
            StatusCode = status?.EnumName("code") ?? "STATUS_CODE_UNSET",
            StatusMessage = status?.Text("message") ?? string.Empty,
            Attributes = span.KeyValues("attributes"),
            Events = [.. span.Messages("events").Select(SpanEvent)],
            ScopeName = scope,
            Resource = resource,
        };
    }

    private static ReceivedSpanEvent SpanEvent(IMessage happened) =>
        new(happened.Text("name"), happened.Time("time_unix_nano"), happened.KeyValues("attributes"));

    private static ReceivedLog Log(IMessage record, string scope, IReadOnlyDictionary<string, object?> resource) => new()
    {
        TraceId = record.Id("trace_id"),
        SpanId = record.Id("span_id"),
        EventName = OfficialOtlpMessages.EventName(record),
        Body = Convert.ToString(OtlpFields.AnyValue(record.Message("body")), CultureInfo.InvariantCulture) ?? string.Empty,
        SeverityNumber = record.Number("severity_number"),
        SeverityText = record.Text("severity_text"),
        Time = record.Time("time_unix_nano"),
        Attributes = record.KeyValues("attributes"),
        ScopeName = scope,
        Resource = resource,
    };
}
