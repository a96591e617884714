using System.Diagnostics;
using System.Diagnostics.Metrics;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Instrumentation.Tests.Telemetry;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging.Abstractions;
using Names = HeapDrift.Instrumentation.TelemetryNames;

namespace HeapDrift.Instrumentation.Tests.Metrics;

[Collection(MeterCollection.Name)]
public sealed class CaptureMeterTests : IDisposable
{
    private readonly List<(string Name, double Value, string Tags, ActivityTraceId? Trace)> _points = [];
    private readonly ActivitySource _source = new($"Tests.{Guid.NewGuid():N}");
    private readonly ActivityListener _spans;
    private readonly MeterListener _listener = new();
    private readonly CaptureMeter _meter;

    public CaptureMeterTests()
    {
        _spans = new()
        {
            ShouldListenTo = source => source == _source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(_spans);

        // A test that is over may have left a meter of the same name: only instruments that are published while this one is made are heard.
        bool isMine = false;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (isMine && instrument.Meter.Name == Names.Source)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.Start();
        isMine = true;
        _meter = new();
        isMine = false;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _spans.Dispose();
        _meter.Dispose();
        _source.Dispose();
    }

    [Fact]
    public void CaptureIsCountedWithItsDurationAndThePauseOfEachSnapshotInsideItsSpan()
    {
        using CaptureSpan span = Begin();
        span.Complete(Evidence.Report(), reportPath: null);

        const string Tags = "heapdrift.capture.trigger=alert,heapdrift.capture.outcome=completed,heapdrift.capture.engine=";
        string engine = Evidence.Baseline.Engine;
        Assert.Equal(
            [
                (Names.Metrics.Captures, 1, Tags + engine),
                (Names.Metrics.CaptureDuration, 110, Tags + engine),
                (Names.Metrics.CapturePause, Evidence.Baseline.PauseMilliseconds!.Value / 1000, "heapdrift.capture.engine=" + engine),
                (Names.Metrics.CapturePause, Evidence.Final.PauseMilliseconds!.Value / 1000, "heapdrift.capture.engine=" + engine),
            ],
            _points.Select(point => (point.Name, point.Value, point.Tags)));
        Assert.NotNull(Assert.Single(_points.Select(point => point.Trace).Distinct()));
    }

    [Fact]
    public void CaptureWithoutReportIsCountedAsFailed()
    {
        using CaptureSpan span = Begin();
        span.Fail("not-executable", "it cannot be executed", Evidence.At(3));

        Assert.Equal(
            [
                (Names.Metrics.Captures, 1, "heapdrift.capture.trigger=alert,heapdrift.capture.outcome=failed"),
                (Names.Metrics.CaptureDuration, 3, "heapdrift.capture.trigger=alert,heapdrift.capture.outcome=failed"),
            ],
            _points.Select(point => (point.Name, point.Value, point.Tags)));
    }

    [Fact]
    public void CaptureIsCountedOnce()
    {
        using (CaptureSpan span = Begin())
        {
            span.Complete(Evidence.Ended(CaptureOutcome.Cancelled), reportPath: null);
            span.Fail("late", "too late", Evidence.At(200));
        }

        Assert.Equal("heapdrift.capture.trigger=alert,heapdrift.capture.outcome=cancelled", Assert.Single(_points, point => point.Name == Names.Metrics.Captures).Tags);
    }

    private CaptureSpan Begin() =>
        new CaptureTelemetry(NullLogger.Instance, _source) { Meter = _meter }.Begin(Evidence.Alert, Evidence.Worker, Evidence.Start);

    private void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = new List<string>();
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            texts.Add($"{tag.Key}={tag.Value}");
        }

        _points.Add((name, value, string.Join(',', texts), Activity.Current?.TraceId));
    }
}
