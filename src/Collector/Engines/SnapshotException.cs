using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Engines;

/// <summary>A snapshot that could not be taken, with the outcome it means for the attempt and a sentence for the operator.</summary>
internal sealed class SnapshotException(CaptureOutcome outcome, string message, Exception? cause = null) : Exception(message, cause)
{
    public CaptureOutcome Outcome => outcome;
}
