using HeapDrift.Collector.Watching;
using Prometheus;

namespace HeapDrift.Collector.Metrics;

/// <summary>
/// The metrics of all watched workers for <c>/metrics</c>. Filled in when somebody scrapes, from what the watch has read last; series of
/// workers that are gone are taken away, so that a dead worker does not look like one that stopped growing.
/// </summary>
internal sealed class PrometheusWorkers
{
    private readonly Family[] _families;
    private readonly WorkerBoard _board;
    private readonly Lock _lock = new();

    public PrometheusWorkers(CollectorRegistry registry, WorkerBoard board)
    {
        _board = board;
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        _families = [.. WorkerFigures.All.Select(figure => new Family(factory, figure))];
        registry.AddBeforeCollectCallback(Fill);
    }

    private void Fill()
    {
        lock (_lock)
        {
            var workers = _board.Workers;
            string[][] labels = [.. workers.Select(seen => WorkerLabels.Of(seen.Worker))];
            foreach (Family family in _families)
            {
                family.Fill([.. workers], labels);
            }
        }
    }

    /// <summary>One metric with its series.</summary>
    private sealed class Family(MetricFactory factory, WorkerFigure figure)
    {
        private readonly Collector<Counter.Child>? _counter = figure.Kind == FigureKind.Counter ? factory.CreateCounter(PrometheusName.Of(figure), figure.Description, Labels(figure)) : null;
        private readonly Collector<Gauge.Child>? _gauge = figure.Kind == FigureKind.Counter ? null : factory.CreateGauge(PrometheusName.Of(figure), figure.Description, Labels(figure));
        private HashSet<string[]> _shown = new(LabelValues.Equal);

        public void Fill(WatchedWorker[] workers, string[][] labels)
        {
            var shown = new HashSet<string[]>(LabelValues.Equal);
            for (int at = 0; at < workers.Length; at++)
            {
                foreach (FigureValue value in figure.Read(workers[at]))
                {
                    string[] series = figure.Attribute is null ? labels[at] : [.. labels[at], value.Part ?? ""];
                    shown.Add(series);
                    _counter?.WithLabels(series).IncTo(value.Value);
                    _gauge?.WithLabels(series).Set(value.Value);
                }
            }

            foreach (string[] gone in _shown.Except(shown, LabelValues.Equal))
            {
                _counter?.RemoveLabelled(gone);
                _gauge?.RemoveLabelled(gone);
            }

            _shown = shown;
        }

        private static string[] Labels(WorkerFigure figure) =>
        [
            .. WorkerLabels.Names.Select(PrometheusName.Label),
            .. figure.Attribute is { } attribute ? (string[])[PrometheusName.Label(attribute)] : [],
        ];
    }
}
