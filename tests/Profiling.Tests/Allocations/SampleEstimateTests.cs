using HeapDrift.Profiling.Allocations;

namespace HeapDrift.Profiling.Tests.Allocations;

public sealed class SampleEstimateTests
{
    private const int Runs = 100;

    /// <summary>Of 100 runs 95 should hold; a fixed seed makes that a fact and not a chance.</summary>
    [Theory]
    [InlineData(2_000_000)]
    [InlineData(20_000_000)]
    [InlineData(100_000_000)]
    public void EstimatedBytesAreWithinTheStatedErrorInNinetyFiveOfAHundredRunsOfRandomSampling(long allocated) =>
        Assert.InRange(Enumerable.Range(1, Runs).Count(seed => Holds(seed, allocated, RandomSamples)), 95, Runs);

    [Theory]
    [InlineData(2_000_000)]
    [InlineData(20_000_000)]
    [InlineData(100_000_000)]
    public void EstimatedBytesAreWithinTheStatedErrorInNinetyFiveOfAHundredRunsOfTicks(long allocated) =>
        Assert.InRange(Enumerable.Range(1, Runs).Count(seed => Holds(seed, allocated, Ticks)), 95, Runs);

    [Fact]
    public void AThousandSamplesHaveAnErrorOfEightPercentAndTenAreTooFew()
    {
        Assert.InRange(Of(1_000).RelativeError, 0.07, 0.08);
        Assert.InRange(Of(100).RelativeError, 0.24, 0.28);
        Assert.False(Of(15).IsTooSmall);
        Assert.True(Of(10).IsTooSmall);
    }

    [Fact]
    public void WithoutSamplesNothingIsKnown()
    {
        Assert.Equal(double.PositiveInfinity, default(SampleEstimate).RelativeError);
        Assert.True(default(SampleEstimate).IsTooSmall);
    }

    [Fact]
    public void ObjectsThatAreAlwaysSampledAreKnownExactly()
    {
        var estimate = new SampleEstimate();
        estimate.Add(new SampledObject(0, 0, 1 << 20, 1, 0, 0));

        Assert.Equal(0, estimate.RelativeError);
        Assert.Equal(1 << 20, estimate.Bytes);
        Assert.Equal(1, estimate.Objects);
    }

    private static SampleEstimate Of(int samples)
    {
        var estimate = new SampleEstimate();
        for (int sample = 0; sample < samples; sample++)
        {
            estimate.Add(new SampledObject(0, 0, 64, SamplingProbability.OfRandomSample(64), 0, 0));
        }

        return estimate;
    }

    /// <summary>One object in three survives; only those count.</summary>
    private static bool Holds(int seed, long allocated, Func<Random, long, IEnumerable<(long Bytes, bool Survives, double? Probability)>> allocate)
    {
        long truth = 0;
        var estimate = new SampleEstimate();
        foreach ((long bytes, bool survives, double? probability) in allocate(new Random(seed), allocated).Where(seen => seen.Survives))
        {
            truth += bytes;
            if (probability is { } sampled)
            {
                estimate.Add(new SampledObject(0, 0, bytes, sampled, 0, 0));
            }
        }

        return estimate.Samples == 0 || Math.Abs(estimate.Bytes - truth) <= estimate.RelativeError * estimate.Bytes;
    }

    private static IEnumerable<(long Bytes, bool Survives, double? Probability)> RandomSamples(Random random, long allocated)
    {
        foreach ((long bytes, bool survives) in Objects(random, allocated))
        {
            double probability = SamplingProbability.OfRandomSample(bytes);
            yield return (bytes, survives, random.NextDouble() < probability ? probability : null);
        }
    }

    private static IEnumerable<(long Bytes, bool Survives, double? Probability)> Ticks(Random random, long allocated)
    {
        const long amount = 102_400;
        long sinceTick = random.NextInt64(amount);
        foreach ((long bytes, bool survives) in Objects(random, allocated))
        {
            sinceTick += bytes;
            double? probability = sinceTick >= amount ? SamplingProbability.OfTick(bytes, sinceTick) : null;
            sinceTick = probability is null ? sinceTick : 0;
            yield return (bytes, survives, probability);
        }
    }

    private static IEnumerable<(long Bytes, bool Survives)> Objects(Random random, long allocated)
    {
        for (long done = 0; done < allocated;)
        {
            long bytes = random.Next(1_000) switch { < 600 => 24, < 900 => 64, < 990 => 600, < 999 => 8_000, _ => 200_000 };
            done += bytes;
            yield return (bytes, random.Next(3) == 0);
        }
    }
}
