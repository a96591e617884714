using HeapDrift.Instrumentation.Telemetry;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Export;

/// <summary>An event of a capture that is told when it happens.</summary>
/// <param name="CaptureId">Names the trace.</param>
/// <param name="Resource">The worker's.</param>
/// <param name="Event">What happened.</param>
/// <param name="Level">How serious it is.</param>
internal sealed record Announcement(string CaptureId, IReadOnlyDictionary<string, object> Resource, TelemetryEvent Event, LogLevel Level)
{
    /// <summary>A report will follow that can tell it too.</summary>
    public bool IsOfStart { get; init; }
}
