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
}
