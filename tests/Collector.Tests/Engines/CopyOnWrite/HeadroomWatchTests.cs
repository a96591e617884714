using HeapDrift.Collector.Engines.CopyOnWrite;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

public sealed class HeadroomWatchTests : IDisposable
{
    private readonly FakeWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    [Fact]
    public void HalfOfTheReserveIsTheBorder()
    {
        // The reserve of 2,000 MB is 40 MB.
        _worker.WithGroup(limitMegabytes: 2000, currentMegabytes: 1000);
        var watch = new HeadroomWatch(_worker.Proc, _worker.Plan());

        _worker.WithGroup(limitMegabytes: 2000, currentMegabytes: 1980);
        Assert.False(watch.IsAtRisk());

        _worker.WithGroup(limitMegabytes: 2000, currentMegabytes: 1981);
        Assert.True(watch.IsAtRisk());

        _worker.WithGroup(limitMegabytes: 2000, currentMegabytes: 1981, idleCacheMegabytes: 1);
        Assert.False(watch.IsAtRisk());
    }

    [Fact]
    public void WithoutALimitTheMachineCounts()
    {
        // 2 % of 32,000 MB are 640 MB.
        var watch = new HeadroomWatch(_worker.Proc, _worker.Plan());

        _worker.WithMeminfo(availableMegabytes: 320);
        Assert.False(watch.IsAtRisk());

        _worker.WithMeminfo(availableMegabytes: 319);
        Assert.True(watch.IsAtRisk());
    }

    [Fact]
    public void WhatCannotBeReadIsARisk()
    {
        var watch = new HeadroomWatch(_worker.Proc, _worker.Plan());

        _worker.With("proc/meminfo", "garbage\n");

        Assert.True(watch.IsAtRisk());
    }
}
