using System.Diagnostics.Metrics;

namespace HeapDrift.Instrumentation.Metrics;

/// <summary>The meter that <c>AddHeapDriftInstrumentation</c> listens to. Several of the same name are one to a back end.</summary>
internal static class HeapDriftMeter
{
    public static Meter Create() =>
        new(new MeterOptions(TelemetryNames.Source) { Version = typeof(HeapDriftMeter).Assembly.GetName().Version?.ToString(3) });
}
