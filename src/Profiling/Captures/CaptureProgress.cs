using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeapDrift.Profiling.Captures;

/// <summary>
/// One line that a supervised <c>heapdrift capture</c> writes to standard error whenever it enters a phase, so that whoever
/// started it can tell the operator. The other direction is standard input: a line <see cref="FinishCommand"/> ends the window,
/// end of input cancels.
/// </summary>
internal sealed record CaptureProgress
{
    /// <summary>Written to the standard input of a supervised capture to take the final snapshot now.</summary>
    public const string FinishCommand = "finish";

    public required string CaptureId { get; init; }

    public required CapturePhase Phase { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>In <see cref="CapturePhase.Window"/>: when the window ends by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? WindowEndsAt { get; init; }

    /// <summary>In <see cref="CapturePhase.Window"/>: what the baseline saw.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LiveObjects { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LiveBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PauseMilliseconds { get; init; }

    /// <summary>For the operator: one sentence.</summary>
    public required string Message { get; init; }

    public string ToLine() => JsonSerializer.Serialize(this, CaptureJson.Compact.CaptureProgress);

    /// <summary>False for a line that is not progress: a warning, a stack trace of a crash, an empty line.</summary>
    public static bool TryParse(string line, out CaptureProgress? progress)
    {
        progress = null;
        if (line is not ['{', ..])
        {
            return false;
        }

        try
        {
            progress = JsonSerializer.Deserialize(line, CaptureJson.Compact.CaptureProgress);
            return progress is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
