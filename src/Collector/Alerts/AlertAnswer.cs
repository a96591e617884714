using System.Text.Json.Serialization;

namespace HeapDrift.Collector.Alerts;

/// <summary>The body of the answer to a notification.</summary>
internal sealed record AlertAnswer
{
    /// <summary>In the order of the notification.</summary>
    public required IReadOnlyList<AlertOutcome> Alerts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Truncated { get; init; }
}

/// <summary>What became of one alert.</summary>
/// <param name="Kind">In a word.</param>
/// <param name="Message">In a sentence.</param>
internal sealed record AlertOutcome(AlertOutcomeKind Kind, string Message)
{
    public string Alert { get; init; } = "";

    public string Fingerprint { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Pid { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CaptureId { get; init; }
}

internal enum AlertOutcomeKind
{
    /// <summary>A capture was promised, or joined one that was under way.</summary>
    Captured,
    Duplicate,
    Resolved,
    NotMatched,

    /// <summary>Cooldown or budget.</summary>
    Refused,
}
