using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>Loggers that write to <paramref name="first"/> until the program has loggers of its own. Thread-safe.</summary>
internal sealed class LateBoundLoggerFactory(ILogger first) : ILoggerFactory
{
    private volatile ILoggerFactory? _hosted;

    /// <summary>From now on everything goes to the program's own log.</summary>
    public void Bind(ILoggerFactory hosted) => _hosted = hosted;

    public ILogger CreateLogger(string categoryName) => new Forwarder(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Forwarder(LateBoundLoggerFactory factory, string category) : ILogger
    {
        private ILogger? _hosted;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => Target.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => Target.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Target.Log(logLevel, eventId, state, exception, formatter);

        private ILogger Target
        {
            get
            {
                try
                {
                    return _hosted ?? (factory._hosted is { } hosted ? _hosted = hosted.CreateLogger(category) : factory.First);
                }
                catch (ObjectDisposedException)
                {
                    // A host that was built and disposed before anything was logged.
                    return factory.First;
                }
            }
        }
    }

    private ILogger First => first;
}
