using System.Text.Json.Serialization;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Admission;

/// <summary>One line of <c>/api/captures</c>: an attempt and how it ended, or that it goes on.</summary>
internal sealed record CaptureLine
{
    /// <summary>Absent where the attempt was refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CaptureId { get; init; }

    public required int Pid { get; init; }

    public required string WorkerName { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StartTimeTicks { get; init; }

    public required CaptureTrigger Trigger { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EndedAt { get; init; }

    public required CaptureState State { get; init; }

    /// <summary>Null while it goes on, and where it was refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CaptureOutcome? Outcome { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Verdict? Verdict { get; init; }

    /// <summary>The first finding, the phase under way, or the reason: one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>Whether its report is still there. Only for who asks; the books do not say it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? HasReport { get; init; }
}

internal enum CaptureState
{
    Waiting,
    Running,
    Ended,
    Refused,
}
