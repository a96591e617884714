using HeapDrift.Collector.Export;
using HeapDrift.Collector.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Agent;

/// <summary>Sends metrics by OTLP while the agent runs, where an endpoint is set.</summary>
internal sealed class MetricsService(Func<WorkerMeter> measure, TimeProvider clock, ILogger<MetricsService> logger) : BackgroundService
{
    /// <summary>A hundred workers do not come and go, and are measured, within it.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private OtlpMetrics? _otlp;

    /// <summary>Before anything is measured: who listens later misses what was counted.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _otlp = OtlpMetrics.TryCreate(OtlpEndpoint.ReadEnvironment(), measure, complaint => Log.Complain(logger, complaint));
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _otlp?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (_otlp is not null && await timer.WaitForNextTickAsync(stoppingToken))
        {
            _otlp.MakeRoom();
        }
    }
}
