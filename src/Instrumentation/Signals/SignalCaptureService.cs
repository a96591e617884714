using HeapDrift.Profiling.Detection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HeapDrift.Instrumentation.Signals;

/// <summary>
/// <see cref="SignalCaptures"/> in the life of a host: armed when everything has started, deaf when it begins to stop, so that a running
/// capture ends while other services stop.
/// </summary>
internal sealed class SignalCaptureService(
    IOptions<HeapDriftOptions> options, TimeProvider time, IEnumerable<ILoggerProvider> logProviders, ILoggerFactory? loggers = null)
    : IHostedLifecycleService, IDisposable
{
    private readonly SignalCaptures _captures = new(loggers ?? NullLoggerFactory.Instance, options.Value, time)
    {
        LogsAreExported = logProviders.Any(provider => provider.GetType().Namespace?.StartsWith("OpenTelemetry", StringComparison.Ordinal) == true),
    };

    /// <summary>The detector suspects a leak.</summary>
    public void Suspect(LeakAssessment suspicion) => _captures.Suspect(suspicion);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _captures.Start();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _captures.StopReacting();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => _captures.StopAsync(cancellationToken);

    public void Dispose() => _captures.Dispose();
}
