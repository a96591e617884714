using HeapDrift.Collector.Export;
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
    /// <param name="backlog">What is known of reports on their way; asked for when it is needed first.</param>
    public AgentRegistry(WorkerBoard board, Func<DeliveryBacklog> backlog)
    {
        _ = new PrometheusWorkers(Registry, board);
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(Registry);
        Gauge waiting = factory.CreateGauge(
            PrometheusName.Of(TelemetryNames.Metrics.UndeliveredCaptures, TelemetryNames.Units.Capture, FigureKind.UpDownCounter), WorkerMeter.UndeliveredHelp);
        Counter givenUp = factory.CreateCounter(
            PrometheusName.Of(TelemetryNames.Metrics.UndeliverableCaptures, TelemetryNames.Units.Capture, FigureKind.Counter), WorkerMeter.UndeliverableHelp);
        Registry.AddBeforeCollectCallback(() =>
        {
            waiting.Set(backlog().Count);
            givenUp.IncTo(backlog().UndeliverableCount);
        });
        _captures = new PrometheusCaptures(Registry);
    }

    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    public void Dispose() => _captures.Dispose();

    public Task WriteAsync(Stream to, bool isOpenMetrics, CancellationToken cancellationToken) =>
        Registry.CollectAndExportAsTextAsync(to, isOpenMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText, cancellationToken);
}
