using System.Diagnostics.Metrics;
using HeapDrift.Profiling.Watching;
using Names = HeapDrift.Instrumentation.TelemetryNames;

namespace HeapDrift.Instrumentation.Metrics;

/// <summary>A worker's memory as measurements. What is not known is not measured: there is no point, and never a 0.</summary>
/// <param name="Memory">The last reading.</param>
/// <param name="Ledger">The last one, which is older. Null before the first.</param>
/// <param name="Growth">Bytes a second.</param>
/// <param name="TimeToLimit">Null where there is no limit or no growth.</param>
internal sealed record MemoryMeasurements(WorkerMemory Memory, MemoryLedger? Ledger, double? Growth, TimeSpan? TimeToLimit)
{
    /// <summary>Null when the process is gone.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="MemoryWatch.Look"/>.</exception>
    /// <exception cref="IOException">As for <see cref="MemoryWatch.Look"/>.</exception>
    public static MemoryMeasurements? Of(MemoryWatch watch) =>
        watch.Look() is { } memory ? new(memory, watch.Ledger, watch.Growth, watch.TimeToLimit) : null;

    /// <param name="worker">Attributes that tell the worker from others. None in its own process.</param>
    public IEnumerable<Measurement<long>> Pss(params KeyValuePair<string, object?>[] worker) => Memory.Pss is not { } pss ? [] :
    [
        Kind(pss.AnonBytes, "anon", worker),
        Kind(pss.FileBytes, "file", worker),
        Kind(pss.ShmemBytes, "shmem", worker),
        Kind(pss.SwapBytes, "swap", worker),
    ];

    /// <inheritdoc cref="Pss"/>
    public IEnumerable<Measurement<long>> Categories(params KeyValuePair<string, object?>[] worker) =>
        Ledger is null ? [] : Ledger.Categories.Select(each => With(each.Value, Names.Attributes.MemoryCategory, each.Key, worker));

    /// <inheritdoc cref="Pss"/>
    public IEnumerable<Measurement<long>> Private(params KeyValuePair<string, object?>[] worker) => Known(Memory.PrivateBytes, worker);

    /// <inheritdoc cref="Pss"/>
    public IEnumerable<Measurement<long>> Rss(params KeyValuePair<string, object?>[] worker) => Known<long>(Memory.RssBytes, worker);

    /// <inheritdoc cref="Pss"/>
    public IEnumerable<Measurement<long>> Limit(params KeyValuePair<string, object?>[] worker) => Known(Memory.LimitBytes, worker);

    /// <inheritdoc cref="Pss"/>
    public IEnumerable<Measurement<double>> BytesPerSecond(params KeyValuePair<string, object?>[] worker) => Known(Growth, worker);

    /// <inheritdoc cref="Pss"/>
    public IEnumerable<Measurement<double>> SecondsToLimit(params KeyValuePair<string, object?>[] worker) =>
        Known(TimeToLimit?.TotalSeconds, worker);

    private static Measurement<long> Kind(long bytes, string kind, KeyValuePair<string, object?>[] worker) =>
        With(bytes, Names.Attributes.MemoryKind, kind, worker);

    private static Measurement<long> With(long bytes, string name, string value, KeyValuePair<string, object?>[] worker) =>
        new(bytes, [.. worker, new(name, value)]);

    private static Measurement<T>[] Known<T>(T? value, KeyValuePair<string, object?>[] worker)
        where T : struct => value is { } known ? [new(known, worker)] : [];
}
