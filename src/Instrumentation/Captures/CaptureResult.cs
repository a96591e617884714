using HeapDrift.Profiling.Reports;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>What a helper left: its report, or why there is none.</summary>
internal sealed record CaptureResult
{
    private CaptureResult(CaptureReport? report, CaptureFailure? failure) => (Report, Failure) = (report, failure);

    public CaptureReport? Report { get; }

    /// <summary>Not null where there is no report.</summary>
    public CaptureFailure? Failure { get; }

    public static CaptureResult Of(CaptureReport report) => new(report, null);

    public static CaptureResult Of(CaptureFailure failure) => new(null, failure);
}

/// <summary>Why there is no report.</summary>
/// <param name="ErrorType">One of few words, for <c>error.type</c>.</param>
/// <param name="Message">For the operator.</param>
internal sealed record CaptureFailure(string ErrorType, string Message);
