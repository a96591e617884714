using System.Diagnostics.Metrics;
using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Instrumentation;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;
using Prometheus;
using Names = HeapDrift.Instrumentation.TelemetryNames.Metrics;

namespace HeapDrift.Collector.Metrics;

/// <summary>
/// The counter and the histograms of captures for <c>/metrics</c>, from the same measurements that go out by OTLP. prometheus-net adds the
/// exemplar of the capture's span, which is current while they are recorded.
/// </summary>
internal sealed class PrometheusCaptures : IDisposable
{
    private static readonly string[] CaptureLabels = [TelemetryNames.Attributes.Trigger, TelemetryNames.Attributes.Outcome, TelemetryNames.Attributes.Engine];
    private static readonly string[] PauseLabels = [TelemetryNames.Attributes.Engine];
    private static readonly string[] EngineNames = [CopyOnWriteEngine.Name, EventPipeEngine.Name];

    private readonly MeterListener _listener = new();
    private readonly Collector<Counter.Child> _captures;
    private readonly Collector<Histogram.Child> _duration;
    private readonly Collector<Histogram.Child> _pause;

    public PrometheusCaptures(CollectorRegistry registry)
    {
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        _captures = factory.CreateCounter(PrometheusName.Of(Names.Captures, TelemetryNames.Units.Capture, FigureKind.Counter), "Captures that ended.", Of(CaptureLabels));
        _duration = CreateHistogram(factory, Names.CaptureDuration, "From the trigger of a capture to its report.", CaptureLabels, CaptureMeter.DurationBuckets);
        _pause = CreateHistogram(factory, Names.CapturePause, "How long the worker stood still for a snapshot.", PauseLabels, CaptureMeter.PauseBuckets);
        PublishZeros();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TelemetryNames.Source && !instrument.IsObservable)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument.Name, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>
    /// <c>increase()</c> is the difference of two samples: of a series that appears with its first capture it is nothing, and captures are so rare that
    /// the first is often the only one (Prometheus documentation, "Avoid missing metrics"). Of the histograms, which have 16 series each, only those
    /// of captures that completed.
    /// </summary>
    private void PublishZeros()
    {
        string completed = CaptureAttributes.Word(CaptureOutcome.Completed);
        foreach (string trigger in Enum.GetValues<TriggerKind>().Select(CaptureAttributes.Word))
        {
            _captures.WithLabels(trigger, CaptureMeter.RefusedOutcome, "").Publish();
            foreach (string outcome in Enum.GetValues<CaptureOutcome>().Select(CaptureAttributes.Word))
            {
                // A capture that completed has taken a snapshot, so that its engine is known.
                foreach (string engine in outcome == completed ? EngineNames : [.. EngineNames, ""])
                {
                    _captures.WithLabels(trigger, outcome, engine).Publish();
                }
            }

            foreach (string engine in EngineNames)
            {
                _duration.WithLabels(trigger, completed, engine).Publish();
            }
        }

        foreach (string engine in EngineNames)
        {
            _pause.WithLabels(engine).Publish();
        }
    }

    private static Collector<Histogram.Child> CreateHistogram(MetricFactory factory, string name, string help, string[] labels, IReadOnlyList<double> buckets) =>
        factory.CreateHistogram(
            PrometheusName.Of(name, TelemetryNames.Units.Seconds, FigureKind.Gauge), help, Of(labels), new HistogramConfiguration { Buckets = [.. buckets] });

    private void Record(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (name)
        {
            case Names.Captures:
                _captures.WithLabels(Values(CaptureLabels, tags)).Inc(value);
                break;
            case Names.CaptureDuration:
                _duration.WithLabels(Values(CaptureLabels, tags)).Observe(value);
                break;
            case Names.CapturePause:
                _pause.WithLabels(Values(PauseLabels, tags)).Observe(value);
                break;
        }
    }

    private static string[] Of(string[] attributes) => [.. attributes.Select(PrometheusName.Label)];

    private static string[] Values(string[] labels, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new string[labels.Length];
        Array.Fill(values, "");
        foreach ((string name, object? value) in tags)
        {
            if (Array.IndexOf(labels, name) is >= 0 and int at)
            {
                values[at] = value?.ToString() ?? "";
            }
        }

        return values;
    }
}
