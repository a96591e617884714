using HeapDrift.Collector.Export;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Agent;

/// <summary>Sends metrics by OTLP while the agent runs, where an endpoint is set.</summary>
internal sealed class MetricsService(ILogger<MetricsService> logger) : IHostedService, IDisposable
{
    private OtlpMetrics? _otlp;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _otlp = OtlpMetrics.TryCreate(complaint => Log.Complain(logger, complaint));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _otlp?.Dispose();
}
