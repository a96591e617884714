using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using HeapDrift.Instrumentation.Metrics;
using Names = HeapDrift.Instrumentation.TelemetryNames;

namespace HeapDrift.Instrumentation.Tests.Metrics;

/// <summary>What a service's own metrics pipeline gets of this very process.</summary>
[Collection(MeterCollection.Name)]
public sealed class MemoryMeterTests
{
    [Fact]
    public void KindsOfPssAddUpToWhatTheKernelSays()
    {
        using Collection collection = Collection.New();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddHeapDriftInstrumentation().AddReader(collection).Build();

        IReadOnlyList<CollectedPoint> points = collection.Take();

        CollectedPoint[] kinds = [.. points.Where(point => point.Name == Names.Metrics.MemoryPss)];
        Assert.Equal(["anon", "file", "shmem", "swap"], kinds.Select(kind => (string?)kind.Attribute(Names.Attributes.MemoryKind)).Order());
        SmapsRollup now = new ProcFileSystem().TryReadSmapsRollup(Environment.ProcessId).Value!;
        Assert.InRange(kinds.Sum(kind => kind.Value), now.PssBytes / 2, 2.0 * (now.PssBytes + now.SwapPssBytes));
        Assert.InRange(Value(points, Names.Metrics.ProcessMemoryUsage), 1, 2.0 * now.RssBytes);
        Assert.InRange(Value(points, Names.Metrics.MemoryPrivate), 1, Value(points, Names.Metrics.ProcessMemoryUsage));
    }

    [Fact]
    public void LedgerHasTheCategoriesOfADotNetProcess()
    {
        using Collection collection = Collection.New();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddHeapDriftInstrumentation().AddReader(collection).Build();

        CollectedPoint[] ledger = [.. collection.Take().Where(point => point.Name == Names.Metrics.MemoryLedger)];

        Assert.Equal(
            [MemoryCategory.Code, MemoryCategory.Files, MemoryCategory.GCHeap, MemoryCategory.Native, MemoryCategory.Shared, MemoryCategory.Stacks],
            ledger.Select(point => (string?)point.Attribute(Names.Attributes.MemoryCategory)).Order(StringComparer.Ordinal));
        Assert.InRange(ledger.Single(point => (string?)point.Attribute(Names.Attributes.MemoryCategory) == MemoryCategory.GCHeap).Value, 1, 1e12);
    }

    /// <summary>As the agent exports them: a limit and a state of several workers added up say nothing.</summary>
    [Fact]
    public void UnitsAndTypesAreThoseOfTheContract()
    {
        using Collection collection = Collection.New();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddHeapDriftInstrumentation().AddReader(collection).Build();

        IReadOnlyList<CollectedPoint> points = collection.Take();

        Assert.All(points, point => Assert.Equal(point.Name == Names.Metrics.SignalArmed ? "{worker}" : "By", point.Unit));
        Assert.All(collection.Types, type => Assert.Equal(
            type.Key is Names.Metrics.SignalArmed or Names.Metrics.MemoryLimit ? MetricType.LongGauge : MetricType.LongSumNonMonotonic, type.Value));
        Assert.InRange(Value(points, Names.Metrics.SignalArmed), 0, 1);
    }

    [Fact]
    public void WhatIsNotKnownIsNotMeasured()
    {
        using Collection collection = Collection.New();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddHeapDriftInstrumentation().AddReader(collection).Build();

        IReadOnlyList<CollectedPoint> points = collection.Take();

        Assert.DoesNotContain(points, point => point.Name is Names.Metrics.MemoryGrowth or Names.Metrics.MemoryTimeToLimit);
        long? limit = new ProcFileSystem().TryReadMemory(Environment.ProcessId)?.LimitBytes;
        Assert.Equal(limit is null ? [] : [(double)limit.Value], points.Where(point => point.Name == Names.Metrics.MemoryLimit).Select(point => point.Value));
    }

    [Fact]
    public void GrowthAndTimeToLimitAreMeasuredWhereTheyAreKnown()
    {
        var memory = new MemoryMeasurements(new WorkerMemory { At = DateTimeOffset.UnixEpoch, RssBytes = 1 }, Ledger: null, Growth: 2.5, TimeSpan.FromMinutes(1));

        var growth = Assert.Single(memory.BytesPerSecond(new KeyValuePair<string, object?>("process.pid", 42)));
        Assert.Equal(2.5, growth.Value);
        Assert.Equal(new KeyValuePair<string, object?>("process.pid", 42), growth.Tags[0]);
        Assert.Equal(60, Assert.Single(memory.SecondsToLimit()).Value);
        Assert.Empty(memory.Pss());
        Assert.Empty(memory.Private());
        Assert.Empty(memory.Categories());
    }

    [Fact]
    public void OneCollectionShowsOneReading()
    {
        using var meter = new MemoryMeter(TimeProvider.System);

        Assert.Same(meter.Look()!.Memory, meter.Look()!.Memory);
    }

    [Fact]
    public void NothingIsCollectedWhereNobodyAsks()
    {
        using var meter = new MemoryMeter(TimeProvider.System);
        Assert.False(meter.IsCollected);

        using Collection collection = Collection.New();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddMeter(Names.Source).AddReader(collection).Build();
        Assert.True(meter.IsCollected);
    }

    [Fact]
    public void ServiceThatAddsThePackageAndItsInstrumentationHasEveryMetricOnce()
    {
        using Collection collection = Collection.New();
        using OpenTelemetrySdk sdk = OpenTelemetrySdk.Create(builder =>
        {
            builder.Services.AddHeapDrift();
            builder.WithMetrics(metrics => metrics.AddHeapDriftInstrumentation().AddReader(collection));
        });
        Assert.NotNull(sdk.MeterProvider);

        IReadOnlyList<CollectedPoint> points = collection.Take();

        Assert.Single(points, point => point.Name == Names.Metrics.MemoryPrivate);
        Assert.Equal(4, points.Count(point => point.Name == Names.Metrics.MemoryPss));
    }

    [Fact]
    public void ServiceThatAddsOnlyThePackageExportsItsMemory()
    {
        using Collection collection = Collection.New();
        using OpenTelemetrySdk sdk = OpenTelemetrySdk.Create(builder =>
        {
            builder.Services.AddHeapDrift();
            builder.WithMetrics(metrics => metrics.AddReader(collection));
        });
        Assert.NotNull(sdk.MeterProvider);

        Assert.Contains(collection.Take(), point => point.Name == Names.Metrics.MemoryPss);
    }

    private static double Value(IEnumerable<CollectedPoint> points, string name) => points.Single(point => point.Name == name).Value;
}
