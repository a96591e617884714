namespace HeapDrift.Profiling.Detection;

/// <summary>What the detector thinks after a sample.</summary>
internal sealed record LeakAssessment
{
    public required LeakState State { get; init; }

    /// <summary>True once when suspicion begins, and once more each time the process has grown by half since.</summary>
    public required bool IsNewSuspicion { get; init; }

    /// <summary>Bytes a second of what gave the state. Null while warming up.</summary>
    public required double? GrowthBytesPerSecond { get; init; }

    /// <summary>How long until the limit at this growth. Null without a limit or growth.</summary>
    public required TimeSpan? TimeToLimit { get; init; }

    /// <summary>One sentence, without a full stop.</summary>
    public required string Reason { get; init; }
}
