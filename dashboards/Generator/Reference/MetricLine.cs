using HeapDrift.Collector.Metrics;
using HeapDrift.Instrumentation;
using Attributes = HeapDrift.Instrumentation.TelemetryNames.Attributes;
using Names = HeapDrift.Instrumentation.TelemetryNames.Metrics;
using Units = HeapDrift.Instrumentation.TelemetryNames.Units;

namespace HeapDrift.Dashboards.Reference;

/// <summary>A metric as it leaves the agent.</summary>
/// <param name="Name">Of <see cref="TelemetryNames.Metrics"/>.</param>
/// <param name="Unit">UCUM.</param>
/// <param name="Kind">How it may be used.</param>
/// <param name="IsHistogram">Whether it is exported by bucket.</param>
/// <param name="Labels">Beside those that tell workers apart.</param>
internal sealed record MetricLine(string Name, string Unit, FigureKind Kind, bool IsHistogram, params IReadOnlyList<string> Labels)
{
    /// <summary>Those of workers first.</summary>
    public static IReadOnlyList<MetricLine> All { get; } =
    [
        .. WorkerFigures.All.Select(figure => new MetricLine(figure.Name, figure.Unit, figure.Kind, IsHistogram: false, figure.Attribute is null ? [] : [figure.Attribute])),
        new(Names.Captures, Units.Capture, FigureKind.Counter, IsHistogram: false, Attributes.Trigger, Attributes.Outcome, Attributes.Engine),
        new(Names.CaptureDuration, Units.Seconds, FigureKind.Gauge, IsHistogram: true, Attributes.Trigger, Attributes.Outcome, Attributes.Engine),
        new(Names.CapturePause, Units.Seconds, FigureKind.Gauge, IsHistogram: true, Attributes.Engine),
        new(Names.UndeliveredCaptures, Units.Capture, FigureKind.UpDownCounter, IsHistogram: false),
        new(Names.UndeliverableCaptures, Units.Capture, FigureKind.Counter, IsHistogram: false),
    ];

    public string Prometheus => PrometheusName.Of(Name, Unit, Kind);

    public string KindInWords => IsHistogram ? "histogram" : Kind switch
    {
        FigureKind.Counter => "counter",
        FigureKind.UpDownCounter => "sum that goes up and down",
        _ => "gauge",
    };
}
