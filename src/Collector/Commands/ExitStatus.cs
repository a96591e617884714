using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Commands;

/// <summary>The exit statuses that scripts rely on.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int NotPermitted = 3;
    public const int NotFound = 4;
    public const int WorkerExited = 5;
    public const int Incomplete = 6;

    public static int Of(CaptureOutcome outcome) => outcome switch
    {
        CaptureOutcome.Completed => Done,
        CaptureOutcome.NotPermitted => NotPermitted,
        CaptureOutcome.NotFound => NotFound,
        CaptureOutcome.WorkerExited => WorkerExited,
        CaptureOutcome.Incomplete => Incomplete,
        _ => Failed,
    };
}
