using HeapDrift.Profiling.Reports;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>What a helper left: its report, or why there is none.</summary>
internal sealed record CaptureResult
{
    private CaptureResult(CaptureReport? report, CaptureFailure? failure) => (Report, Failure) = (report, failure);

    public CaptureReport? Report { get; }

    /// <summary>Not null where there is no report.</summary>
    public CaptureFailure? Failure { get; }

    /// <summary>What the helper said beside its report, for example that the disk did not take it.</summary>
    public IReadOnlyList<string> LastWords { get; private init; } = [];

    public static CaptureResult Of(CaptureReport report, IReadOnlyList<string> lastWords) => new(report, null) { LastWords = lastWords };

    public static CaptureResult Of(CaptureFailure failure) => new(null, failure);
}

/// <summary>Why there is no report.</summary>
/// <param name="ErrorType">One of few words, for <c>error.type</c>.</param>
/// <param name="Message">For the operator.</param>
internal sealed record CaptureFailure(string ErrorType, string Message);
