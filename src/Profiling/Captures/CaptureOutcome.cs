namespace HeapDrift.Profiling.Captures;

/// <summary>How a capture ended. Every attempt ends in exactly one.</summary>
internal enum CaptureOutcome
{
    Completed,

    /// <summary>A snapshot misses objects, so that nothing was compared.</summary>
    Incomplete,

    WorkerExited,

    /// <summary>The operator or the supervisor took it back. Not a failure.</summary>
    Cancelled,

    NotPermitted,

    /// <summary>There is no such process, or it is not one whose heap can be read.</summary>
    NotFound,

    Failed,
}
