using HeapDrift.Collector.Watching;
using HeapDrift.Instrumentation;
using Prometheus;

namespace HeapDrift.Collector.Metrics;

/// <summary>
/// What <c>/metrics</c> shows. A registry of its own: the default one adds every meter of this process under names of its own making.
/// </summary>
internal sealed class AgentRegistry : IDisposable
{
    private readonly PrometheusCaptures _captures;

    /// <param name="board">What is known of the workers.</param>
    /// <param name="undelivered">How many reports the OTLP receiver does not have yet.</param>
    public AgentRegistry(WorkerBoard board, Func<int> undelivered)
    {
        _ = new PrometheusWorkers(Registry, board);
        Gauge waiting = Prometheus.Metrics.WithCustomRegistry(Registry).CreateGauge(
            PrometheusName.Of(TelemetryNames.Metrics.UndeliveredCaptures, TelemetryNames.Units.Capture, FigureKind.UpDownCounter), WorkerMeter.UndeliveredHelp);
        Registry.AddBeforeCollectCallback(() => waiting.Set(undelivered()));
        _captures = new PrometheusCaptures(Registry);
    }

    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    public void Dispose() => _captures.Dispose();

    public Task WriteAsync(Stream to, bool isOpenMetrics, CancellationToken cancellationToken) =>
        Registry.CollectAndExportAsTextAsync(to, isOpenMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText, cancellationToken);
}
