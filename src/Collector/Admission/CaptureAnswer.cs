namespace HeapDrift.Collector.Admission;

/// <summary>What became of a request for a capture.</summary>
/// <param name="Kind">In a word.</param>
/// <param name="CaptureId">Of the new capture, or of the one that is under way already. Null when refused.</param>
/// <param name="Message">One sentence for whoever asked.</param>
internal sealed record CaptureAnswer(CaptureAnswerKind Kind, string? CaptureId, string Message);

internal enum CaptureAnswerKind
{
    Accepted,

    /// <summary>A capture of this worker is under way already, or waits for its turn.</summary>
    Coalesced,

    /// <summary>The second signal: the window of the one under way ends now.</summary>
    Finishing,

    /// <summary>Cooldown, budget or a full queue.</summary>
    Refused,
}
