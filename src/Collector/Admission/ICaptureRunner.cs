using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;

namespace HeapDrift.Collector.Admission;

/// <summary>What the desk hands orders to. Tests bring one whose time and failures they control.</summary>
internal interface ICaptureRunner
{
    /// <summary>Carries an order out to its end and never throws: whatever happened is the result, and has been recorded and said.</summary>
    Task<CaptureResult> RunAsync(CaptureOrder order, ICaptureObserver observer, Task finish, CancellationToken cancellationToken);

    /// <summary>How it ended, where an earlier agent came to its report and not to its books; else null.</summary>
    CaptureResult? Done(CaptureOrder order);

    /// <summary>An order that is given up without an attempt.</summary>
    void Abandoned(CaptureOrder order, CaptureResult result);

    /// <summary>A request that was not admitted.</summary>
    void Refused(CaptureOrder order, string reason);
}

/// <summary>How an order ended.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="Verdict">Null where there is no report.</param>
/// <param name="Message">One sentence.</param>
internal sealed record CaptureResult(CaptureOutcome Outcome, Verdict? Verdict, string Message);
