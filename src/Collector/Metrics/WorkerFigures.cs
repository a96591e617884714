using HeapDrift.Collector.Collections;
using HeapDrift.Collector.Watching;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Proc;
using Units = HeapDrift.Instrumentation.TelemetryNames.Units;
using Names = HeapDrift.Instrumentation.TelemetryNames.Metrics;
using Attributes = HeapDrift.Instrumentation.TelemetryNames.Attributes;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Collector.Metrics;

/// <summary>All metrics of a worker, in the order of the telemetry reference.</summary>
internal static class WorkerFigures
{
    public static IReadOnlyList<WorkerFigure> All { get; } =
    [
        new(Names.MemoryPss, Units.Bytes, FigureKind.UpDownCounter, "Proportional memory of the worker by kind; the kinds add up.", Attributes.MemoryKind, Pss),
        new(Names.MemoryPrivate, Units.Bytes, FigureKind.UpDownCounter, "Resident memory that no other process shares.", null, One(seen => seen.Memory?.PrivateBytes)),
        new(Names.ProcessMemoryUsage, Units.Bytes, FigureKind.UpDownCounter, "Resident memory, shared pages counted in full.", null, One(seen => seen.Memory?.RssBytes)),
        new(Names.MemoryLimit, Units.Bytes, FigureKind.Gauge, "The tightest memory limit of the control groups that the worker is in.", null, One(seen => seen.Memory?.LimitBytes)),
        new(Names.MemoryGrowth, Units.BytesPerSecond, FigureKind.Gauge, "How fast the worker's memory grows, by its last readings.", null, One(seen => seen.GrowthBytesPerSecond)),
        new(Names.MemoryTimeToLimit, Units.Seconds, FigureKind.Gauge, "When the limit is reached if the worker grows on like this.", null, One(seen => seen.TimeToLimit?.TotalSeconds)),
        new(Names.MemoryLedger, Units.Bytes, FigureKind.UpDownCounter, "Proportional memory by what it is used for; the categories add up.", Attributes.MemoryCategory, Ledger),
        new(Names.MemoryReadDuration, Units.Seconds, FigureKind.Gauge, "How long the kernel took for the last reading of the worker's memory.", null, One(seen => seen.Memory is { IsCheap: false } memory ? memory.ReadCost.TotalSeconds : null)),
        new(Names.SignalArmed, Units.Worker, FigureKind.Gauge, "1 where SIGUSR2 is caught, 0 where it would end the worker or do nothing.", null, One(seen => seen.Worker.Usr2 == SignalDisposition.Caught ? 1 : 0)),
        new(Names.LeakSuspected, Units.Worker, FigureKind.Gauge, "1 while the detector takes the worker's growth for a leak, 0 while it does not.", null, One(seen => seen.Leak is not { } leak ? null : leak.State == LeakState.Suspected ? 1 : 0)),
        new(Names.WorkerStartTime, Units.Seconds, FigureKind.Gauge, "When the worker was started, in seconds since 1970.", null, One(seen => seen.StartedAt?.ToUnixTimeMilliseconds() / 1000d)),
        new(Names.GcCollections, Units.Collection, FigureKind.Counter, "Garbage collections since the agent listens, each in its own generation.", Attributes.GcGeneration, Collections),
        new(Names.GcPauseTime, Units.Seconds, FigureKind.Counter, "How long collections have held the worker since the agent listens.", null, One(seen => seen.Collections is { IsHeard: true } heard ? heard.PauseTime.TotalSeconds : null)),
        new(Names.GcAllocated, Units.Bytes, FigureKind.Counter, "Bytes allocated on the managed heap since the agent listens.", null, One(seen => seen.Collections?.AllocatedBytes)),
        new(Names.GcCommitted, Units.Bytes, FigureKind.UpDownCounter, "Memory that the collector has committed, by the worker's last counters.", null, One(seen => seen.Collections?.CommittedBytes)),
        new(Names.GcHeapSize, Units.Bytes, FigureKind.UpDownCounter, "The managed heap after the last collection, fragmentation included.", Attributes.GcGeneration, seen => ByGeneration(seen.Collections?.Last?.SizeBytes)),
        new(Names.GcFragmentation, Units.Bytes, FigureKind.UpDownCounter, "Free space between objects after the last collection.", Attributes.GcGeneration, seen => ByGeneration(seen.Collections?.Last?.FragmentationBytes)),
    ];

    private static Func<WatchedWorker, IEnumerable<FigureValue>> One(Func<WatchedWorker, double?> read) =>
        worker => read(worker) is { } value ? [new FigureValue(value)] : [];

    private static IEnumerable<FigureValue> Pss(WatchedWorker worker) => worker.Memory?.Pss is not { } pss
        ? []
        : [new(pss.AnonBytes, "anon"), new(pss.FileBytes, "file"), new(pss.ShmemBytes, "shmem"), new(pss.SwapBytes, "swap")];

    private static IEnumerable<FigureValue> Collections(WatchedWorker worker) => ByGeneration(worker.Collections is { IsHeard: true } heard ? heard.Collections : null);

    private static IEnumerable<FigureValue> ByGeneration(IReadOnlyList<long>? values) =>
        values?.Select((value, generation) => new FigureValue(value, GcGenerations.Names[generation])) ?? [];

    /// <summary>With the collector's own figures as of its last collection, where it has told them: what was allocated since counts as reserve.</summary>
    private static IEnumerable<FigureValue> Ledger(WatchedWorker worker)
    {
        IReadOnlyDictionary<string, long> categories = worker.Ledger?.Categories ?? new Dictionary<string, long>();
        return (worker.Collections?.Last is { } last ? HeapSplit.Divide(categories, last.LiveBytes, last.SizeBytes.Sum()) : categories)
            .Select(category => new FigureValue(category.Value, category.Key));
    }
}
