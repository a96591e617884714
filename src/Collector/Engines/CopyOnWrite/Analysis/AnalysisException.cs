using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>Ends the analysis with a word to the process that ordered it.</summary>
internal sealed class AnalysisException(CaptureOutcome outcome, string reason, bool isWorthRetrying = false, Exception? cause = null)
    : Exception(reason, cause)
{
    public AnalysisFailure Failure { get; } = new(outcome, reason, isWorthRetrying);
}
