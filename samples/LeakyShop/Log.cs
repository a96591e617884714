namespace Shop;

/// <summary>Everything the shop says. Tests and people wait for these lines: their form is stable.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Critical, "{Problem}")]
    public static partial void WrongUsage(ILogger logger, string problem);

    [LoggerMessage(2, LogLevel.Information, "leak {Kind} is on")]
    public static partial void LeakOn(ILogger logger, string kind);

    [LoggerMessage(3, LogLevel.Information, "leak {Kind} is off")]
    public static partial void LeakOff(ILogger logger, string kind);

    [LoggerMessage(10, LogLevel.Information, "leader {LeaderPid} started worker {WorkerPid}")]
    public static partial void WorkerStarted(ILogger logger, int leaderPid, int workerPid);

    [LoggerMessage(11, LogLevel.Warning, "worker {WorkerPid} died with status {Status}; replaced by {NewPid}")]
    public static partial void WorkerReplaced(ILogger logger, int workerPid, int status, int newPid);

    [LoggerMessage(12, LogLevel.Information, "leader ready: {Url}")]
    public static partial void LeaderReady(ILogger logger, string url);

    [LoggerMessage(13, LogLevel.Warning, "SIGUSR2 is for workers: send it to one of {WorkerPids}")]
    public static partial void SignalIsForWorkers(ILogger logger, string workerPids);

    [LoggerMessage(14, LogLevel.Error, "cannot start a worker in place of {WorkerPid}: {Problem}")]
    public static partial void CannotReplace(ILogger logger, int workerPid, string problem);

    [LoggerMessage(15, LogLevel.Warning, "worker {WorkerPid} did not stop within {Seconds} s and was killed")]
    public static partial void WorkerKilled(ILogger logger, int workerPid, int seconds);

    [LoggerMessage(16, LogLevel.Critical, "cannot listen on {Url}: {Problem}")]
    public static partial void CannotListen(ILogger logger, string url, string problem);

    [LoggerMessage(17, LogLevel.Information, "leader {LeaderPid} stopped its workers")]
    public static partial void LeaderStopped(ILogger logger, int leaderPid);

    [LoggerMessage(20, LogLevel.Information, "the leader closed the pipe or is gone: stopping")]
    public static partial void LeaderGone(ILogger logger);
}
