using HeapDrift.Collector.Watching;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Collector.Tests.Watching;

public sealed class MemoryHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly MemoryHistory _history = new();

    [Fact]
    public void OfAYoungWorkerEveryReadingIsKept()
    {
        for (int second = 0; second < MemoryHistory.MostPoints; second++)
        {
            _history.Add(Reading(second, bytes: second));
        }

        Assert.Equal(Enumerable.Range(0, MemoryHistory.MostPoints).Select(second => (long)second), _history.Points.Select(point => point.Bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10)]
    public void HalfAnHourIsKeptHoweverOftenAndLongOneReads(int interval)
    {
        int second = 0;
        for (; second < 7200; second += interval)
        {
            _history.Add(Reading(second, bytes: second));
            Assert.InRange(_history.Points.Length, 1, MemoryHistory.MostPoints);
            Assert.Equal(second, _history.Points[^1].Bytes);
        }

        Assert.InRange((_history.Points[^1].At - _history.Points[0].At).TotalMinutes, 28, 36);
        Assert.All(_history.Points.SkipLast(1).Zip(_history.Points.Skip(1).SkipLast(1)), pair => Assert.InRange((pair.Second.At - pair.First.At).TotalSeconds, 30, 60));
    }

    [Fact]
    public void AReadingThatWasAddedBeforeIsNotAdded()
    {
        WorkerMemory reading = Reading(0, 1);
        _history.Add(reading);
        _history.Add(reading);

        Assert.Single(_history.Points);
    }

    [Fact]
    public void WhereOnlyResidentMemoryIsReadALineBegins()
    {
        _history.Add(Reading(0, 10));
        _history.Add(Reading(40, 20));
        _history.Add(new() { At = Start.AddSeconds(80), RssBytes = 99, WhyCheap = "it is huge" });

        Assert.Equal([99], _history.Points.Select(point => point.Bytes));
    }

    [Fact]
    public void WhereTheClockWasSetBackALineBegins()
    {
        _history.Add(Reading(4000, 10));
        _history.Add(Reading(4040, 20));
        _history.Add(Reading(0, 30));
        _history.Add(Reading(40, 40));

        Assert.Equal([30, 40], _history.Points.Select(point => point.Bytes));
    }

    private static WorkerMemory Reading(int second, long bytes) =>
        new() { At = Start.AddSeconds(second), RssBytes = 1, Pss = new(bytes, 0, 0, 0) };
}
