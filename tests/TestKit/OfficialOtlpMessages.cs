using System.Reflection;
using Google.Protobuf;

namespace HeapDrift.TestKit;

/// <summary>
/// The official OpenTelemetry messages. What we send must be read by something that neither we nor the exporter wrote, and
/// Serilog.Sinks.OpenTelemetry carries exactly that: the opentelemetry-proto files compiled by protoc. They are internal there,
/// hence reflection for the parser; all else goes through the public descriptors of Google.Protobuf. The package has no metrics
/// messages.
/// </summary>
internal static class OfficialOtlpMessages
{
    // logs.proto: "string event_name = 12". Newer than the compiled messages, which keep it among their unknown fields.
    private const int EventNameField = 12;

    private static readonly Assembly Messages = Assembly.Load("Serilog.Sinks.OpenTelemetry");

    /// <summary>
    /// TracesData has the bytes of an ExportTraceServiceRequest (both are "repeated ResourceSpans resource_spans = 1"), and that one's
    /// generated class was altered in the package: its descriptor does not load.
    /// </summary>
    public static MessageParser TraceRequests { get; } = Parser("OpenTelemetry.Proto.Trace.V1.TracesData");

    public static MessageParser LogRequests { get; } = Parser("OpenTelemetry.Proto.Collector.Logs.V1.ExportLogsServiceRequest");

    /// <summary>The event name of a LogRecord: unknown fields survive serialisation, so its bytes still have it.</summary>
    public static string? EventName(IMessage logRecord)
    {
        using var bytes = new CodedInputStream(logRecord.ToByteArray());
        var wanted = WireFormat.MakeTag(EventNameField, WireFormat.WireType.LengthDelimited);
        string? name = null;
        for (var tag = bytes.ReadTag(); tag != 0; tag = bytes.ReadTag())
        {
            if (tag == wanted)
            {
                name = bytes.ReadString();
            }
            else
            {
                bytes.SkipLastField();
            }
        }

        return string.IsNullOrEmpty(name) ? null : name;
    }

    /// <summary>
    /// An Export*ServiceResponse, by its field numbers: partial_success = 1 with rejected_spans (rejected_log_records, ...) = 1 and
    /// error_message = 2.
    /// </summary>
    public static byte[] PartialSuccess(int rejected, string message)
    {
        using var partial = new MemoryStream();
        using (var fields = new CodedOutputStream(partial, leaveOpen: true))
        {
            fields.WriteTag(1, WireFormat.WireType.Varint);
            fields.WriteInt64(rejected);
            fields.WriteTag(2, WireFormat.WireType.LengthDelimited);
            fields.WriteString(message);
        }

        using var response = new MemoryStream();
        using (var fields = new CodedOutputStream(response, leaveOpen: true))
        {
            fields.WriteTag(1, WireFormat.WireType.LengthDelimited);
            fields.WriteBytes(ByteString.CopyFrom(partial.ToArray()));
        }

        return response.ToArray();
    }

    private static MessageParser Parser(string type) =>
        (MessageParser)Messages.GetType(type, throwOnError: true)!.GetProperty("Parser")!.GetValue(null)!;
}
