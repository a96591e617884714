using HeapDrift.Collector.Allocations;

namespace HeapDrift.Collector.Tests.Allocations;

public sealed class ReadingGateTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ReadingGate _gate = new();

    [Fact]
    public void WithoutASnapshotEverythingPasses() => Assert.True(_gate.Admits(long.MaxValue - 1, 0));

    [Fact]
    public async Task EventsWaitUntilTheInstantIsKnownAndGoOnUpToIt()
    {
        _gate.HoldFrom(100);

        Assert.True(_gate.Admits(100, 0));
        Task<bool> before = Task.Run(() => _gate.Admits(150, 0), TestContext.Current.CancellationToken);
        Task<bool> after = Task.Run(() => _gate.Admits(151, 0), TestContext.Current.CancellationToken);
        Assert.False(before.IsCompleted);
        _gate.EndAt(150);

        Assert.True(await before.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.False(await after.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.True(_gate.Admits(99, 0));
    }

    [Fact]
    public async Task AnotherAttemptLetsEventsGoOnUntilIt()
    {
        _gate.HoldFrom(100);
        Task<bool> waiting = Task.Run(() => _gate.Admits(150, 0), TestContext.Current.CancellationToken);

        _gate.HoldFrom(200);

        Assert.True(await waiting.WaitAsync(Deadline, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AfterACollectionNothingPasses()
    {
        _gate.HoldFrom(100);
        _gate.EndAfter(7);

        Assert.True(_gate.Admits(150, 6));
        Assert.False(_gate.Admits(150, 7));
    }

    [Fact]
    public void TheFirstEndCounts()
    {
        _gate.EndAt(150);
        _gate.Abandon();

        Assert.True(_gate.Admits(150, 0));
    }

    [Fact]
    public async Task AnAbandonedReaderDoesNotWait()
    {
        _gate.HoldFrom(100);
        Task<bool> waiting = Task.Run(() => _gate.Admits(150, 0), TestContext.Current.CancellationToken);

        _gate.Abandon();

        Assert.False(await waiting.WaitAsync(Deadline, TestContext.Current.CancellationToken));
    }
}
