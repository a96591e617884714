using HeapDrift.Profiling.Captures;
using Microsoft.Extensions.Logging;

// One event has several wordings.
#pragma warning disable SYSLIB1025

namespace HeapDrift.Instrumentation;

/// <summary>What an operator is told, after a signal above all. Ids 1000 to 1099. The outcome of a capture is told as telemetry.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information,
        "SIGUSR2 is armed: `kill -USR2 {Pid}` takes a baseline of the heap, a second one reports what grew.",
        EventName = TelemetryNames.Events.SignalArmed)]
    public static partial void Armed(ILogger logger, int pid);

    [LoggerMessage(1001, LogLevel.Information, "HeapDrift does nothing here: it needs Linux.", EventName = TelemetryNames.Events.SignalNotArmed)]
    public static partial void NotSupported(ILogger logger);

    [LoggerMessage(1002, LogLevel.Warning,
        "SIGUSR2 could not be armed: do not send it to process {Pid}, it may kill it. The kernel does not list it among the signals that this process catches.",
        EventName = TelemetryNames.Events.SignalNotArmed)]
    public static partial void NotCaught(ILogger logger, int pid);

    [LoggerMessage(1003, LogLevel.Warning,
        "SIGUSR2 could not be armed: do not send it to process {Pid}, it may kill it.", EventName = TelemetryNames.Events.SignalNotArmed)]
    public static partial void ArmingFailed(ILogger logger, int pid, Exception failure);

    [LoggerMessage(1004, LogLevel.Information,
        "Coalesced {Count} signals with the one before: {State}.", EventName = TelemetryNames.Events.SignalCoalesced)]
    public static partial void Coalesced(ILogger logger, int count, string state);

    [LoggerMessage(1005, LogLevel.Information,
        "SIGUSR2: passed on to the HeapDrift agent that is attached to process {Pid}; the agent captures, and its log and telemetry tell the outcome.",
        EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void PassedOn(ILogger logger, int pid);

    [LoggerMessage(1010, LogLevel.Information,
        "SIGUSR2: taking the baseline of the heap.", EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void TakingBaseline(ILogger logger);

    [LoggerMessage(1011, LogLevel.Information,
        "Baseline taken ({Objects} objects, {Megabytes} MB, pause {Pause} ms); send SIGUSR2 again to finish, or wait until {WindowEnd} UTC.",
        EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void BaselineTaken(ILogger logger, string objects, string megabytes, string pause, string windowEnd);

    [LoggerMessage(1012, LogLevel.Information, "Taking the final snapshot.", EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void TakingFinal(ILogger logger);

    [LoggerMessage(1013, LogLevel.Debug, "Capture {Phase}: {Message}", EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void Progress(ILogger logger, CapturePhase phase, string message);

    [LoggerMessage(1014, LogLevel.Information, "{Remark}.", EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void Remark(ILogger logger, string remark);

    [LoggerMessage(1015, LogLevel.Information,
        "The report is in {Folder}: report.txt for a terminal, report.html for a browser.", EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void ReportKept(ILogger logger, string folder);

    [LoggerMessage(1016, LogLevel.Warning, "The report is not on disk. {Reason}", EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void ReportNotKept(ILogger logger, string reason);

    [LoggerMessage(1020, LogLevel.Error,
        "SIGUSR2 was received, but nothing was captured: there is no heapdrift executable in {Searched}. Set HeapDrift__CollectorPath, or HeapDrift:CollectorPath in the configuration, to its path.",
        EventName = TelemetryNames.Events.CaptureNotStarted)]
    public static partial void CollectorNotFound(ILogger logger, string searched);

    [LoggerMessage(1021, LogLevel.Error,
        "HeapDrift failed unexpectedly; the application is not affected.", EventName = TelemetryNames.Events.CaptureProgress)]
    public static partial void Unexpected(ILogger logger, Exception failure);

    [LoggerMessage(1030, LogLevel.Information, "{Reason} The metrics show resident memory instead.", EventName = TelemetryNames.Events.MemoryReduced)]
    public static partial void MemoryIsReadCheaply(ILogger logger, string reason);
}
