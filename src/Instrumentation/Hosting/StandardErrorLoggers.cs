using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>The log of a program without a host: one line on standard error each, from <see cref="LogLevel.Information"/> on.</summary>
internal sealed class StandardErrorLoggers : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            string message = formatter(state, exception);
            Tell(exception is null ? message : WithReason(message, exception));
        }
    }

    /// <summary>Adds what went wrong, on the same line.</summary>
    public static string WithReason(string message, Exception failure) =>
        $"{message} {failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ").TrimEnd()}";

    /// <summary>Never throws: a closed pipe must not harm the program. One write per line, so that lines do not mix.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "There is no other log. Console.Error may be the application's own writer.")]
    public static void Tell(string message)
    {
        try
        {
            using Stream error = Console.OpenStandardError();
            error.Write(Encoding.UTF8.GetBytes($"heapdrift: {message}\n"));
        }
#pragma warning disable CA1031 // Nobody is left to tell.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    public void AddProvider(ILoggerProvider provider)
    {
        // There is nothing to provide for.
    }

    public void Dispose()
    {
        // Nothing is held open.
    }
}
