using System.Diagnostics;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>How the evidence of a capture becomes a trace and log events of the worker it is about.</summary>
/// <param name="logger">Of category <see cref="TelemetryNames.Source"/>.</param>
/// <param name="source">Of name <see cref="TelemetryNames.Source"/>. Without listeners there are only log events.</param>
internal sealed class CaptureTelemetry(ILogger logger, ActivitySource source)
{
    /// <summary>Counts the captures. Null where somebody else does.</summary>
    public CaptureMeter? Meter { get; init; }

    /// <summary>Somebody else has told that the capture started.</summary>
    public bool IsStartTold { get; init; }

    /// <summary>Starts a trace of its own, whatever the caller is part of, and leaves the caller's current activity as it was.</summary>
    public CaptureSpan Begin(CaptureTrigger trigger, WorkerIdentity worker, DateTimeOffset startedAt)
    {
        Activity? activity = StartRoot(AttributeLimits.Apply(CaptureAttributes.Of(trigger, worker)), startedAt);
        var span = new CaptureSpan(logger, activity, trigger, worker) { StartedAt = startedAt, Meter = Meter };
        if (!IsStartTold)
        {
            span.Run(() => CaptureEvents.Started(trigger, worker, startedAt).WriteTo(logger, LogLevel.Information));
        }

        return span;
    }

    /// <summary>A parent of none would mean the current activity, so there must not be one.</summary>
    private Activity? StartRoot(IEnumerable<KeyValuePair<string, object?>> tags, DateTimeOffset startedAt)
    {
        Activity? callers = Activity.Current;
        Activity.Current = null;
        try
        {
            return source.StartActivity(
                TelemetryNames.Spans.Capture, ActivityKind.Internal, parentContext: default, tags, links: null, startedAt);
        }
        finally
        {
            CaptureSpan.MakeCurrent(callers);
        }
    }
}
