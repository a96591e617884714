using HeapDrift.Collector.Watching;
using Prometheus;

namespace HeapDrift.Collector.Metrics;

/// <summary>
/// What <c>/metrics</c> shows. A registry of its own: the default one adds every meter of this process under names of its own making.
/// </summary>
internal sealed class AgentRegistry : IDisposable
{
    private readonly PrometheusCaptures _captures;

    public AgentRegistry(WorkerBoard board)
    {
        _ = new PrometheusWorkers(Registry, board);
        _captures = new PrometheusCaptures(Registry);
    }

    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    public void Dispose() => _captures.Dispose();

    public Task WriteAsync(Stream to, bool isOpenMetrics, CancellationToken cancellationToken) =>
        Registry.CollectAndExportAsTextAsync(to, isOpenMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText, cancellationToken);
}
