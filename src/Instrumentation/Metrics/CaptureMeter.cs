using System.Diagnostics;
using System.Diagnostics.Metrics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;
using Names = HeapDrift.Instrumentation.TelemetryNames;

namespace HeapDrift.Instrumentation.Metrics;

/// <summary>
/// Counts captures and measures what they took. Told while the capture's span is current, so that a point of a graph links to it
/// (exemplars). Thread-safe.
/// </summary>
internal sealed class CaptureMeter : IDisposable
{
    /// <summary>Seconds. A capture is its window, 5 minutes by default and up to a day, and some seconds.</summary>
    public static IReadOnlyList<double> DurationBuckets { get; } = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400];

    /// <summary>Seconds. From a fork of a small service to a heap walk of 20 million objects.</summary>
    public static IReadOnlyList<double> PauseBuckets { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Of what was not begun; the other outcomes are those of reports.</summary>
    public const string RefusedOutcome = "refused";

    private readonly Meter _meter = HeapDriftMeter.Create();
    private readonly Counter<long> _captures;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _pause;

    public CaptureMeter()
    {
        _captures = _meter.CreateCounter<long>(Names.Metrics.Captures, Names.Units.Capture, "Captures that ended.");
        _duration = _meter.CreateHistogram(
            Names.Metrics.CaptureDuration, Names.Units.Seconds, "From the trigger of a capture to its report.", tags: null, Advice(DurationBuckets));
        _pause = _meter.CreateHistogram(
            Names.Metrics.CapturePause, Names.Units.Seconds, "How long the worker stood still for a snapshot.", tags: null, Advice(PauseBuckets));
    }

    public void Completed(CaptureReport report)
    {
        string? engine = report.Snapshots is [var snapshot, ..] ? snapshot.Engine : null;
        Record(Tags(report.Trigger.Kind, report.Outcome, engine), report.CompletedAt - report.StartedAt);
        foreach (SnapshotSummary taken in report.Snapshots)
        {
            if (taken.PauseMilliseconds is { } pause)
            {
                _pause.Record(pause / 1000, new KeyValuePair<string, object?>(Names.Attributes.Engine, taken.Engine));
            }
        }
    }

    /// <summary>One that left no report.</summary>
    public void Failed(TriggerKind trigger, TimeSpan duration) => Failed(trigger, CaptureOutcome.Failed, duration);

    /// <inheritdoc cref="Failed(TriggerKind, TimeSpan)"/>
    public void Failed(TriggerKind trigger, CaptureOutcome outcome, TimeSpan duration) => Record(Tags(trigger, outcome, engine: null), duration);

    /// <summary>One that was not begun: cooldown, budget, or too many at once.</summary>
    public void Refused(TriggerKind trigger) => _captures.Add(
        1,
        new(Names.Attributes.Trigger, CaptureAttributes.Word(trigger)),
        new(Names.Attributes.Outcome, RefusedOutcome));

    public void Dispose() => _meter.Dispose();

    private static InstrumentAdvice<double> Advice(IReadOnlyList<double> buckets) => new() { HistogramBucketBoundaries = buckets };

    private void Record(TagList tags, TimeSpan duration)
    {
        _captures.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    private static TagList Tags(TriggerKind trigger, CaptureOutcome outcome, string? engine)
    {
        TagList tags =
        [
            new(Names.Attributes.Trigger, CaptureAttributes.Word(trigger)),
            new(Names.Attributes.Outcome, CaptureAttributes.Word(outcome)),
        ];
        if (engine is not null)
        {
            tags.Add(Names.Attributes.Engine, engine);
        }

        return tags;
    }
}
