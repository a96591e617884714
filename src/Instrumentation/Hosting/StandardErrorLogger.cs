using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>One line on standard error for each message: all that a program without a log has.</summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "The program has no log.")]
internal sealed class StandardErrorLogger : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Console.Error.WriteLine($"HeapDrift: {formatter(state, exception)}{(exception is null ? "" : $" ({exception.Message})")}");
        }
    }
}
