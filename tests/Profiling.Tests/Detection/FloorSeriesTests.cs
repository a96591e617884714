using HeapDrift.Profiling.Detection;

namespace HeapDrift.Profiling.Tests.Detection;

public sealed class FloorSeriesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly FloorSeries _series = new(TimeSpan.FromMinutes(1), 3);

    [Fact]
    public void LowestValueOfAnIntervalIsWhatStays()
    {
        Add(0, 50, 20, 40);
        Add(1, 60);

        Assert.Equal([20], _series.Values);
    }

    [Fact]
    public void IntervalIsClosedByTheFirstValueBehindIt()
    {
        Assert.False(_series.Add(Start, 1));
        Assert.False(_series.Add(Start.AddSeconds(59), 1));
        Assert.True(_series.Add(Start.AddSeconds(60), 1));
    }

    [Fact]
    public void WhatHasLeftIsRememberedByItsHighestFloor()
    {
        double[] floors = [10, 90, 30, 40, 50, 60];
        for (int minute = 0; minute < floors.Length; minute++)
        {
            Add(minute, floors[minute]);
        }

        Assert.True(_series.IsFull);
        Assert.Equal([30, 40, 50], _series.Values);
        Assert.Equal(90, _series.HighestBefore);
    }

    [Fact]
    public void AnIntervalWithoutAValueIsMissingAndTheWindowNoShorter()
    {
        foreach (int minute in (int[])[0, 1, 3, 4])
        {
            Add(minute, minute);
        }

        Assert.True(_series.IsFull);
        Assert.Equal([1, 3], _series.Values);
        Assert.Equal([0, 2], _series.Places);
        Assert.Equal(0, _series.HighestBefore);

        Add(9, 9);
        Add(10, 10);
        Assert.False(_series.IsFull);
    }

    [Fact]
    public void ClearedItKnowsNothing()
    {
        WhatHasLeftIsRememberedByItsHighestFloor();
        _series.Clear();

        Assert.Empty(_series.Values);
        Assert.Null(_series.HighestBefore);
        Assert.False(_series.Add(Start, 1));
    }

    private void Add(int minute, params double[] values)
    {
        for (int at = 0; at < values.Length; at++)
        {
            _series.Add(Start.AddMinutes(minute).AddSeconds(at), values[at]);
        }
    }
}
