using HeapDrift.Collector.Metrics;
using HeapDrift.Instrumentation;
using Names = HeapDrift.Instrumentation.TelemetryNames.Metrics;
using Units = HeapDrift.Instrumentation.TelemetryNames.Units;

namespace HeapDrift.Dashboards.Pages;

/// <summary>The metrics under the names that Prometheus gives them, whether they are scraped or come by OTLP.</summary>
internal static class Metric
{
    public static readonly string Pss = Bytes(Names.MemoryPss);
    public static readonly string Private = Bytes(Names.MemoryPrivate);
    public static readonly string Resident = Bytes(Names.ProcessMemoryUsage);
    public static readonly string Limit = Bytes(Names.MemoryLimit);
    public static readonly string Growth = PrometheusName.Of(Names.MemoryGrowth, Units.BytesPerSecond, FigureKind.Gauge);
    public static readonly string TimeToLimit = Seconds(Names.MemoryTimeToLimit);
    public static readonly string Ledger = Bytes(Names.MemoryLedger);
    public static readonly string ReadDuration = Seconds(Names.MemoryReadDuration);
    public static readonly string Armed = PrometheusName.Of(Names.SignalArmed, Units.Worker, FigureKind.Gauge);
    public static readonly string Suspected = PrometheusName.Of(Names.LeakSuspected, Units.Worker, FigureKind.Gauge);
    public static readonly string StartTime = Seconds(Names.WorkerStartTime);
    public static readonly string Collections = PrometheusName.Of(Names.GcCollections, Units.Collection, FigureKind.Counter);
    public static readonly string PauseTime = PrometheusName.Of(Names.GcPauseTime, Units.Seconds, FigureKind.Counter);
    public static readonly string Allocated = PrometheusName.Of(Names.GcAllocated, Units.Bytes, FigureKind.Counter);
    public static readonly string Committed = Bytes(Names.GcCommitted);
    public static readonly string HeapSize = Bytes(Names.GcHeapSize);
    public static readonly string Fragmentation = Bytes(Names.GcFragmentation);
    public static readonly string Captures = PrometheusName.Of(Names.Captures, Units.Capture, FigureKind.Counter);
    public static readonly string CapturePause = Seconds(Names.CapturePause);
    public static readonly string CaptureDuration = Seconds(Names.CaptureDuration);
    public static readonly string Undelivered = PrometheusName.Of(Names.UndeliveredCaptures, Units.Capture, FigureKind.Gauge);

    public static readonly string Kind = PrometheusName.Label(TelemetryNames.Attributes.MemoryKind);
    public static readonly string Category = PrometheusName.Label(TelemetryNames.Attributes.MemoryCategory);
    public static readonly string Generation = PrometheusName.Label(TelemetryNames.Attributes.GcGeneration);
    public static readonly string Trigger = Field.Of(TelemetryNames.Attributes.Trigger);
    public static readonly string Outcome = Field.Of(TelemetryNames.Attributes.Outcome);
    public static readonly string Engine = Field.Of(TelemetryNames.Attributes.Engine);

    private static string Bytes(string name) => PrometheusName.Of(name, Units.Bytes, FigureKind.Gauge);

    private static string Seconds(string name) => PrometheusName.Of(name, Units.Seconds, FigureKind.Gauge);
}
