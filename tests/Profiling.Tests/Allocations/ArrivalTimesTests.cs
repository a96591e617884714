using HeapDrift.Profiling.Allocations;

namespace HeapDrift.Profiling.Tests.Allocations;

public sealed class ArrivalTimesTests
{
    [Fact]
    public void AThirdOfWhatComesSteadilyHasComeAfterAThirdOfTheTime()
    {
        ArrivalTimes times = Of(Enumerable.Range(0, 30_000).Select(sample => 5_000_000L + (sample * 1_000)));

        // 64 buckets of at most a 32nd of the time each.
        Assert.InRange(times.ShareOf(5_000_000, 15_000_000), 0.30, 1.0 / 3);
        Assert.InRange(times.ShareOf(20_000_000, 27_500_000), 0.42, 0.52);
    }

    /// <summary>A program that stood still at first had done nothing by then.</summary>
    [Fact]
    public void AProgramThatStoodStillHadDoneNothing() =>
        Assert.InRange(Of(Enumerable.Range(0, 3_000).Select(sample => sample == 0 ? 0 : 1_000_000L + sample)).ShareOf(0, 900_000), 0, 0.001);

    [Fact]
    public void WhereNothingCameNoShareOfItHad()
    {
        Assert.Equal(0, new ArrivalTimes().ShareOf(1, 2));
        Assert.Equal(0, Of([1, 2, 3]).ShareOf(1_000, 2_000));
    }

    [Fact]
    public void SamplesThatComeTooLateAreCounted() => Assert.Equal(1, Of([100, 50, 100]).ShareOf(0, 1_000));

    private static ArrivalTimes Of(IEnumerable<long> samples)
    {
        var times = new ArrivalTimes();
        foreach (long sample in samples)
        {
            times.Add(sample);
        }

        return times;
    }
}
