using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Tests.Telemetry;

/// <summary>Keeps what a log provider gets to see, and the trace that was current then.</summary>
internal sealed class CapturingLogger : ILogger
{
    public List<LoggedEvent> Events { get; } = [];

    /// <summary>Thrown by every call once set.</summary>
    public Exception? Failure { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (Failure is { } failure)
        {
            throw failure;
        }

        Events.Add(new(
            logLevel,
            eventId,
            formatter(state, exception),
            new((IReadOnlyList<KeyValuePair<string, object?>>)state!),
            Activity.Current?.Context));
    }
}

internal sealed record LoggedEvent(
    LogLevel Level, EventId Id, string Body, Dictionary<string, object?> Attributes, ActivityContext? Context);
