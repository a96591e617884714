using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Instrumentation;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Lies beside a report that the OTLP receiver does not have yet. The report is the truth; this is what it lacks for being sent.
/// </summary>
internal sealed record UndeliveredMark
{
    public const string FileName = "undelivered.json";

    /// <summary>In place of the other one when the report will not be sent any more.</summary>
    public const string RefusedFileName = "refused.json";

    /// <summary>What lay there instead of a mark.</summary>
    public const string BrokenFileName = FileName + ".broken";

    private const int TraceIdDigits = 32;

    /// <summary>The worker's, text only.</summary>
    public required IReadOnlyDictionary<string, string> Resource { get; init; }

    /// <summary>32 hexadecimal digits; the same at every attempt.</summary>
    public required string TraceId { get; init; }

    public required DateTimeOffset Since { get; init; }

    public SignalDelivery Traces { get; init; }

    public SignalDelivery Logs { get; init; }

    /// <summary>The receiver heard of the capture when it began, and does not hear it again.</summary>
    public bool IsStartTold { get; init; }

    public int Attempts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastFailure { get; init; }

    /// <summary>Why the receiver does not want one of the two signals.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Refusal { get; init; }

    /// <summary>Neither of the two would do better at another attempt.</summary>
    [JsonIgnore]
    public bool IsSettled => Traces != SignalDelivery.Waiting && Logs != SignalDelivery.Waiting;

    /// <summary>Of a capture that is about to have a report.</summary>
    public static UndeliveredMark Of(string captureId, Worker worker, DateTimeOffset now) => new()
    {
        Resource = OtlpExport.ResourceOf(worker).ToDictionary(attribute => attribute.Key, attribute => Convert.ToString(attribute.Value, CultureInfo.InvariantCulture) ?? ""),
        TraceId = CaptureTraceId.Of(captureId).ToHexString(),
        Since = now,
    };

    /// <summary>In place of one that is damaged. What the worker says of itself beyond its name is lost with it.</summary>
    public static UndeliveredMark Of(CaptureReport report)
    {
        var resource = new Dictionary<string, string>
        {
            [TelemetryNames.Attributes.ServiceName] = report.Worker.ServiceName ?? report.Worker.Name,
            [TelemetryNames.Attributes.ProcessPid] = report.Worker.Pid.ToString(CultureInfo.InvariantCulture),
        };
        if (report.Worker.ServiceInstanceId is { } instance)
        {
            resource[TelemetryNames.Attributes.ServiceInstanceId] = instance;
        }

        return new() { Resource = resource, TraceId = CaptureTraceId.Of(report.CaptureId).ToHexString(), Since = report.CompletedAt };
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static UndeliveredMark Parse(string json)
    {
        try
        {
            UndeliveredMark mark = JsonSerializer.Deserialize(json, UndeliveredJson.Default.UndeliveredMark) ?? throw new InvalidDataException($"{FileName} is null");
            return !IsTraceId(mark.TraceId) ? throw new InvalidDataException($"{FileName} has no trace id of {TraceIdDigits} hexadecimal digits")
                : mark.Resource.Values.Contains(null) ? throw new InvalidDataException($"{FileName} has a resource attribute without a value")
                : mark;
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{FileName} is no mark of this version: {broken.Message}", broken);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, UndeliveredJson.Default.UndeliveredMark);

    public ReportCompanion ToCompanion() => new(FileName, ToJson());

    /// <summary>All zeros is the protocol's "none".</summary>
    private static bool IsTraceId(string text) =>
        text.Length == TraceIdDigits && text.All(char.IsAsciiHexDigitLower) && text.AsSpan().ContainsAnyExcept('0');
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(UndeliveredMark))]
internal sealed partial class UndeliveredJson : JsonSerializerContext;
