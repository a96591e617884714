using HeapDrift.Profiling.Allocations;

namespace HeapDrift.Profiling.Tests.Allocations;

public sealed class ArrivalTimesTests
{
    [Fact]
    public void AThirdOfWhatComesSteadilyHasComeAfterAThirdOfTheTime()
    {
        (long at, double share) = Of(Enumerable.Range(0, 30_000).Select(sample => 5_000_000L + (sample * 1_000)));

        // 64 buckets of at most a 32nd of the time each.
        Assert.InRange(at - 5_000_000, 10_000_000, 11_000_000);
        Assert.InRange(share, 1.0 / 3, 0.37);
    }

    /// <summary>A program that stood still at first had done nothing by then.</summary>
    [Fact]
    public void AProgramThatStoodStillHasItsFirstThirdLater() =>
        Assert.InRange(Of(Enumerable.Range(0, 3_000).Select(sample => sample == 0 ? 0 : 1_000_000L + sample)).At, 1_000_000, 1_040_000);

    [Fact]
    public void WithoutSamplesThereIsNoMoment() => Assert.Null(new ArrivalTimes().Find(0.5));

    [Fact]
    public void SamplesThatComeTooLateAreCounted() => Assert.Equal(1, Of([100, 50, 100]).Share);

    private static (long At, double Share) Of(IEnumerable<long> samples)
    {
        var times = new ArrivalTimes();
        foreach (long sample in samples)
        {
            times.Add(sample);
        }

        return times.Find(1.0 / 3)!.Value;
    }
}
