using System.Globalization;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>Who ended a helper before it was done.</summary>
internal enum HelperEnd
{
    ByItself,
    AtDeadline,
    WithWorker,
}

/// <summary>Says why a helper left no report.</summary>
internal static class HelperExit
{
    /// <summary>.NET reports a death by signal as a shell does.</summary>
    private const int SignalBase = 128;

    /// <summary>Some back ends cut an attribute at 2,048 bytes; the end of what the helper said explains more than its start.</summary>
    private const int LastWordsCharacters = 1500;

    // Other numbers above 128 are statuses of a program, such as those of the .NET host that finds no runtime.
    private static readonly Dictionary<int, string> FatalSignals = new()
    {
        [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL, perhaps for want of memory",
        [11] = "SIGSEGV", [12] = "SIGUSR2", [15] = "SIGTERM",
    };

    public static CaptureFailure Explain(int status, HelperEnd end, string? reportFault, IReadOnlyList<string> lastWords)
    {
        (string type, string message) = end switch
        {
            HelperEnd.AtDeadline => ("deadline-exceeded", "The helper did not end in time and was killed"),
            HelperEnd.WithWorker => ("cancelled", "The worker is stopping; the capture was cancelled"),
            _ => OfStatus(status, reportFault),
        };
        string words = string.Join(Environment.NewLine, lastWords);
        return new(type, words switch
        {
            "" => message + ".",
            { Length: > LastWordsCharacters } => $"{message}. It said last: ...{words[^LastWordsCharacters..]}",
            _ => $"{message}. It said last: {words}",
        });
    }

    /// <summary>The exit statuses of <c>heapdrift</c> are a contract that scripts rely on too.</summary>
    private static (string Type, string Message) OfStatus(int status, string? reportFault) => status switch
    {
        0 => ("malformed-report", "The helper ended well, but " + (reportFault ?? "its report could not be read")),
        2 => ("wrong-usage", "The helper does not know its arguments: its version does not go with that of HeapDrift.Instrumentation"),
        3 => ("not-permitted", "The helper may not read this process"),
        4 => ("not-found", "The helper did not find this process, or found that its heap cannot be read"),
        5 => ("worker-exited", "The worker exited during the capture"),
        6 => ("incomplete", "A snapshot was incomplete, nothing was compared"),
        > SignalBase when FatalSignals.TryGetValue(status - SignalBase, out string? signal) => ("killed", $"The helper was killed by {signal}"),
        _ => ("failed", string.Create(CultureInfo.InvariantCulture, $"The helper ended with status {status}")),
    };
}
