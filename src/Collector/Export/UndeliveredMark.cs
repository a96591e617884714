using System.Text.Json.Serialization;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Lies beside a report that the OTLP receiver does not have yet. The report is the truth; this is what it lacks for being sent.
/// </summary>
internal sealed record UndeliveredMark
{
    public const string FileName = "undelivered.json";

    /// <summary>In place of the other one when the receiver refused the report for good.</summary>
    public const string RefusedFileName = "refused.json";

    /// <summary>The worker's, text only.</summary>
    public required IReadOnlyDictionary<string, string> Resource { get; init; }

    /// <summary>32 hexadecimal digits; the same at every attempt.</summary>
    public required string TraceId { get; init; }

    public required DateTimeOffset Since { get; init; }

    public int Attempts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastFailure { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, WriteIndented = true)]
[JsonSerializable(typeof(UndeliveredMark))]
internal sealed partial class UndeliveredJson : JsonSerializerContext;
