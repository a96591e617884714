using HeapDrift.Collector.Watching;

namespace HeapDrift.Collector.Tests.Watching;

public sealed class SnapshotsUnderWayTests
{
    private readonly SnapshotsUnderWay _underWay = new();

    [Fact]
    public void AWorkerIsToldFromTheBeginningOfItsSnapshotToItsEndAndNoOtherIs()
    {
        IDisposable snapshot = _underWay.Enter(42);

        Assert.True(_underWay.Contains(42));
        Assert.False(_underWay.Contains(43));

        snapshot.Dispose();
        snapshot.Dispose();
        Assert.False(_underWay.Contains(42));
    }

    [Fact]
    public void TheLastOfTwoEndsIt()
    {
        IDisposable first = _underWay.Enter(42);
        using IDisposable second = _underWay.Enter(42);

        first.Dispose();

        Assert.True(_underWay.Contains(42));
    }

    [Fact]
    public void AnyNumberAtTheSameTimeComesToNothing()
    {
        Parallel.For(0, 10_000, number =>
        {
            using IDisposable snapshot = _underWay.Enter(number % 3);
            Assert.True(_underWay.Contains(number % 3));
        });

        Assert.All([0, 1, 2], pid => Assert.False(_underWay.Contains(pid)));
    }
}
