using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Tests.Watching;

public sealed class MemoryGrowthTests
{
    private const double Every = 10;

    private readonly MemoryGrowth _growth = new();

    [Fact]
    public void SlopeIsTheMedianOfThePairs()
    {
        // Pairs: 1/1, 3/2, 20/3, 2/1, 19/2, 17/1; the median of 1, 1.5, 2, 6.67, 9.5, 17 lies between 2 and 6.67.
        Assert.Equal((2 + (20 / 3.0)) / 2, TheilSen.Slope([0, 1, 2, 3], [0, 1, 3, 20]), 1e-9);
    }

    [Fact]
    public void PointsAtTheSameTimeHaveNoSlope() => Assert.True(double.IsNaN(TheilSen.Slope([1, 1], [1, 2])));

    [Fact]
    public void WhereTheClockWasSetBackItBeginsAnew()
    {
        Feed(30, i => i * 1000, from: 500);
        Feed(1, _ => 5000);

        Assert.Null(_growth.BytesPerSecond);
    }

    [Fact]
    public void FewReadingsAreNotATrend()
    {
        Feed(MemoryGrowth.LeastReadings - 1, i => i * 1000);
        Assert.Null(_growth.BytesPerSecond);

        Feed(1, _ => 5000, from: 5);
        Assert.Equal(100, _growth.BytesPerSecond);
    }

    [Fact]
    public void SteadyGrowthTellsWhenTheLimitIsReached()
    {
        Feed(30, i => i * 1000, headroom: 360_000);

        Assert.Equal(100, _growth.BytesPerSecond);
        Assert.Equal(TimeSpan.FromHours(1), _growth.TimeToLimit);
    }

    [Fact]
    public void JumpsAndDipsDoNotMoveIt()
    {
        Feed(30, i => (i * 1000) + (i % 7 == 3 ? 10_000_000 : 0), headroom: 1000);

        Assert.Equal(100, _growth.BytesPerSecond);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1000)]
    public void WhatDoesNotGrowHasNoTimeToLimit(int step)
    {
        Feed(30, i => 1_000_000 + (i * step), headroom: 1000);

        Assert.Equal(step / Every, _growth.BytesPerSecond);
        Assert.Null(_growth.TimeToLimit);
    }

    [Fact]
    public void WithoutALimitThereIsNoTimeToLimit()
    {
        Feed(30, i => i * 1000);

        Assert.Null(_growth.TimeToLimit);
    }

    [Fact]
    public void LimitInYearsIsNotTold()
    {
        Feed(30, i => i, headroom: 1_000_000_000);

        Assert.Equal(0.1, _growth.BytesPerSecond!.Value, 1e-9);
        Assert.Null(_growth.TimeToLimit);
    }

    [Fact]
    public void OnlyTheLastReadingsCount()
    {
        Feed(60, i => i * 1_000_000);
        Feed(MemoryGrowth.MostReadings, _ => 5, from: 60);

        Assert.Equal(0, _growth.BytesPerSecond);
    }

    [Fact]
    public void RssIsNotTakenForGrownPss()
    {
        Feed(30, _ => 1000);
        Feed(MemoryGrowth.LeastReadings - 1, _ => 9_000_000, from: 30, isCheap: true);

        Assert.Null(_growth.BytesPerSecond);
    }

    [Fact]
    public void ReadingThatIsSeenTwiceCountsOnce()
    {
        var reading = Reading(0, 1);
        for (int i = 0; i < 10; i++)
        {
            _growth.Add(reading);
        }

        Assert.Null(_growth.BytesPerSecond);
    }

    [Fact]
    public void MemoryThatWasSwappedOutHasNotGone()
    {
        var reading = Reading(0, 0) with { Pss = new(1, 2, 3, 4) };

        Assert.Equal(10, reading.UsedBytes);
        Assert.Equal(6, reading.Pss?.ResidentBytes);
    }

    private void Feed(int count, Func<int, long> bytes, long? headroom = null, int from = 0, bool isCheap = false)
    {
        for (int i = from; i < from + count; i++)
        {
            _growth.Add(Reading(i, bytes(i), headroom, isCheap));
        }
    }

    private static WorkerMemory Reading(int index, long bytes, long? headroom = null, bool isCheap = false) => new()
    {
        At = DateTimeOffset.UnixEpoch.AddSeconds(index * Every),
        RssBytes = bytes,
        Pss = isCheap ? null : new(bytes, 0, 0, 0),
        HeadroomBytes = headroom,
    };
}
