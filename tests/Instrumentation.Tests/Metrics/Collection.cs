using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace HeapDrift.Instrumentation.Tests.Metrics;

/// <summary>Collects on demand, as a service's own SDK does on a timer.</summary>
internal sealed class Collection : BaseExportingMetricReader
{
    private readonly Points _points;

    private Collection(Points points)
        : base(points) => _points = points;

    /// <summary>Metric types that a back end tells apart: what has no sum must not look as if it had one.</summary>
    public IReadOnlyDictionary<string, MetricType> Types => _points.Types;

    public static Collection New() => new(new Points());

    public IReadOnlyList<CollectedPoint> Take()
    {
        _points.Last.Clear();
        Assert.True(Collect());
        return [.. _points.Last];
    }

    private sealed class Points : BaseExporter<Metric>
    {
        public List<CollectedPoint> Last { get; } = [];

        public Dictionary<string, MetricType> Types { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (Metric metric in batch)
            {
                Types[metric.Name] = metric.MetricType;
                foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
                {
                    Last.Add(new(metric.Name, metric.Unit, Value(metric.MetricType, point), Attributes(point)));
                }
            }

            return ExportResult.Success;
        }

        private static double Value(MetricType type, in MetricPoint point) => type switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
            MetricType.LongGauge => point.GetGaugeLastValueLong(),
            MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
            MetricType.Histogram => point.GetHistogramSum(),
            _ => throw new NotSupportedException(type.ToString()),
        };

        private static Dictionary<string, object?> Attributes(in MetricPoint point)
        {
            var attributes = new Dictionary<string, object?>();
            foreach (KeyValuePair<string, object?> tag in point.Tags)
            {
                attributes.Add(tag.Key, tag.Value);
            }

            return attributes;
        }
    }
}
