using System.Diagnostics.Metrics;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;
using Names = HeapDrift.Instrumentation.TelemetryNames;

namespace HeapDrift.Instrumentation.Metrics;

/// <summary>
/// The memory of this process as the kernel counts it. All instruments of a collection show one reading, and readings are no closer than
/// their cost permits, however many collect. Nothing is read where nobody collects. Thread-safe; nothing escapes to whoever collects.
/// </summary>
internal sealed class MemoryMeter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Meter _meter = HeapDriftMeter.Create();
    private readonly TimeProvider _time;
    private readonly ProcFileSystem _files = new();
    private readonly Instrument[] _instruments;
    private MemoryWatch? _watch;

    public MemoryMeter(TimeProvider time)
    {
        _time = time;
        _instruments =
        [
            UpDown(Names.Metrics.MemoryPss, memory => memory.Pss(), "Proportional memory by kind, swap included."),
            UpDown(Names.Metrics.MemoryLedger, memory => memory.Categories(), "Where the proportional memory is."),
            UpDown(Names.Metrics.MemoryPrivate, memory => memory.Private(), "Resident memory that no other process maps."),
            _meter.CreateObservableGauge(
                Names.Metrics.MemoryLimit, () => Look()?.Limit() ?? [], Names.Units.Bytes, "The tightest memory limit of the control groups."),
            UpDown(Names.Metrics.ProcessMemoryUsage, memory => memory.Rss(), "Resident memory."),
            Gauge(Names.Metrics.MemoryGrowth, memory => memory.BytesPerSecond(), Names.Units.BytesPerSecond, "How fast the memory grows."),
            Gauge(Names.Metrics.MemoryTimeToLimit, memory => memory.SecondsToLimit(), Names.Units.Seconds, "When the limit is reached at this growth."),
            _meter.CreateObservableGauge(
                Names.Metrics.SignalArmed, Armed, Names.Units.Worker, "1 where SIGUSR2 is caught, 0 where it is not."),
        ];
    }

    public bool IsCollected => _instruments.Any(instrument => instrument.Enabled);

    /// <summary>What the last look saw, without a new one.</summary>
    public MemoryMeasurements? Last { get; private set; }

    /// <summary>Null where it could not be read, which is no reason to fail.</summary>
    public MemoryMeasurements? Look()
    {
        lock (_gate)
        {
            return Last = Guard(() =>
            {
                _watch ??= new(Environment.ProcessId, _files, _time);
                return MemoryMeasurements.Of(_watch);
            });
        }
    }

    public void Dispose() => _meter.Dispose();

    private ObservableUpDownCounter<long> UpDown(string name, Func<MemoryMeasurements, IEnumerable<Measurement<long>>> measure, string description) =>
        _meter.CreateObservableUpDownCounter(name, () => Look() is { } memory ? measure(memory) : [], Names.Units.Bytes, description);

    private ObservableGauge<double> Gauge(
        string name, Func<MemoryMeasurements, IEnumerable<Measurement<double>>> measure, string unit, string description) =>
        _meter.CreateObservableGauge(name, () => Look() is { } memory ? measure(memory) : [], unit, description);

    private IEnumerable<Measurement<int>> Armed() => Guard(() => _files.TryReadStatus(Environment.ProcessId).Value) is { } status
        ? [new Measurement<int>(status.Usr2 == SignalDisposition.Caught ? 1 : 0)]
        : [];

    private static T? Guard<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }
}
