using HeapDrift.Profiling.Captures;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector;

/// <summary>What the agent says in its own log. Ids 2000 to 2099. A steady healthy state says nothing.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "The agent listens on {Addresses}, where a browser finds its page; reports go to {Folder}.")]
    public static partial void Started(ILogger logger, string addresses, string folder);

    [LoggerMessage(2001, LogLevel.Information, "Process {Pid} ({Worker}, {Runtime}) is watched.")]
    public static partial void Joined(ILogger logger, int pid, string worker, string runtime);

    [LoggerMessage(2002, LogLevel.Information, "Process {Pid} ({Worker}) is gone.")]
    public static partial void Left(ILogger logger, int pid, string worker);

    [LoggerMessage(2003, LogLevel.Warning, "{Complaint}")]
    public static partial void Complain(ILogger logger, string complaint);

    [LoggerMessage(2004, LogLevel.Error, "The watch stumbled; it goes on with the next round.")]
    public static partial void RoundFailed(ILogger logger, Exception failure);

    [LoggerMessage(2005, LogLevel.Warning, "The garbage collector of process {Pid} ({Worker}) is not listened to: {Reason}. Its memory is watched all the same, and the session is tried again.")]
    public static partial void NoGcFigures(ILogger logger, int pid, string worker, string reason);

    [LoggerMessage(2010, LogLevel.Information, "Capture {CaptureId} of process {Pid} ({Worker}) begins, asked for by {Trigger}.")]
    public static partial void CaptureBegins(ILogger logger, string captureId, int pid, string worker, string trigger);

    [LoggerMessage(2011, LogLevel.Information, "Capture {CaptureId} of process {Pid} ({Worker}) ended, {Outcome}, findings: {Findings}. {Message}")]
    public static partial void CaptureEnded(ILogger logger, string captureId, int pid, string worker, CaptureOutcome outcome, int findings, string message);

    [LoggerMessage(2012, LogLevel.Warning, "Capture {CaptureId} of process {Pid} ({Worker}) ended without a report, {Outcome}: {Message}")]
    public static partial void CaptureFailed(ILogger logger, string captureId, int pid, string worker, CaptureOutcome outcome, string message);

    [LoggerMessage(2013, LogLevel.Information, "No capture of process {Pid} ({Worker}), asked for by {Trigger}: {Reason}.")]
    public static partial void CaptureRefused(ILogger logger, int pid, string worker, string trigger, string reason);

    [LoggerMessage(2014, LogLevel.Warning, "Process {Pid} ({Worker}) seems to leak: {Reason}.")]
    public static partial void LeakSuspected(ILogger logger, int pid, string worker, string reason);

    [LoggerMessage(2017, LogLevel.Warning, "That process {Pid} ({Worker}) seems to leak was not delivered by OTLP: {Reason}.")]
    public static partial void LeakNotTold(ILogger logger, int pid, string worker, string reason);

    [LoggerMessage(2015, LogLevel.Information, "Alert {Alert} ({Fingerprint}): {Message}.")]
    public static partial void AlertAnswered(ILogger logger, string alert, string fingerprint, string message);

    [LoggerMessage(2018, LogLevel.Information, "SIGUSR2 of process {Pid} ({Worker}): {Message}.")]
    public static partial void SignalAnswered(ILogger logger, int pid, string worker, string message);

    [LoggerMessage(2016, LogLevel.Warning, "A request to {Path} was refused: {Reason}.")]
    public static partial void RequestRefused(ILogger logger, string path, string reason);

    [LoggerMessage(2019, LogLevel.Information, "{Fact}")]
    public static partial void Tell(ILogger logger, string fact);

    [LoggerMessage(2020, LogLevel.Information, "The agent stops; captures under way are taken back, and their workers go on as before.")]
    public static partial void Stopping(ILogger logger);
}
