using HeapDrift.Instrumentation.Detection;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Instrumentation.Tests.Detection;

public sealed class LeakSearchTests
{
    private readonly List<LeakAssessment> _suspicions = [];
    private DateTimeOffset _now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
    private long _megabytes = 200;
    private long? _liveHeap;

    [Fact]
    public void MemoryThatKeepsGrowingIsSuspectedOnce()
    {
        Look(times: 600, grow: () => _megabytes++);

        Assert.Single(_suspicions);
        Assert.StartsWith("its memory grew by", _suspicions[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void HeapThatKeepsGrowingIsSuspectedBeneathMemoryThatDoesNot()
    {
        _liveHeap = 100 << 20;
        Look(times: 600, grow: () => _liveHeap += 1 << 20);

        Assert.StartsWith("its live managed heap grew by", Assert.Single(_suspicions).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeReadIsNoGrowth()
    {
        new LeakSearch(() => null, () => null, _suspicions.Add).Look();

        Assert.Empty(_suspicions);
    }

    [Fact]
    public void LiveHeapIsWhatAFullCollectionLeft()
    {
        GC.Collect();
        long? before = LeakSearch.LiveHeap();
        byte[] kept = new byte[50_000_000];
        GC.Collect();

        Assert.InRange(LeakSearch.LiveHeap()!.Value - before!.Value, 40_000_000, 80_000_000);
        GC.KeepAlive(kept);
    }

    private void Look(int times, Action grow)
    {
        var search = new LeakSearch(() => new WorkerMemory { At = _now, RssBytes = _megabytes << 20 }, () => _liveHeap, _suspicions.Add);
        for (int at = 0; at < times; at++)
        {
            _now += TimeSpan.FromSeconds(30);
            grow();
            search.Look();
        }
    }
}
