using HeapDrift.Profiling.Detection;

namespace HeapDrift.Profiling.Tests.Detection;

/// <summary>A process that is looked at every 30 seconds.</summary>
public sealed class LeakDetectorTests
{
    private const long Megabyte = 1 << 20;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly LeakDetector _detector = new(new LeakDetectorOptions());
    private readonly List<LeakAssessment> _said = [];
    private DateTimeOffset _now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void NothingIsSaidWhileItWarmsUp()
    {
        Run(TimeSpan.FromMinutes(9), at => 100 + (50 * at.TotalMinutes), limitMegabytes: 600);

        Assert.All(_said, said => Assert.Equal(LeakState.WarmingUp, said.State));
    }

    [Fact]
    public void GrowthThatHoldsForHoursIsALeak()
    {
        Run(TimeSpan.FromHours(5), at => 200 + (20 * at.TotalHours));

        LeakAssessment last = _said[^1];
        Assert.Equal(LeakState.Suspected, last.State);
        Assert.Equal(20.0 * Megabyte / 3600, last.GrowthBytesPerSecond!.Value, 20.0);
        Assert.Null(last.TimeToLimit);
        Assert.Equal("its memory grew by 76 MB within 4 hours, steadily and above all before", last.Reason);
    }

    [Fact]
    public void GrowthThatSoonReachesTheLimitIsToldWithinMinutes()
    {
        Run(TimeSpan.FromMinutes(25), at => 200 + (20 * at.TotalMinutes), limitMegabytes: 900);

        LeakAssessment first = _said.First(said => said.IsNewSuspicion);
        Assert.InRange(first.TimeToLimit!.Value, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void TheSameGrowthFarFromTheLimitMayStillBeACacheThatFills()
    {
        Run(TimeSpan.FromMinutes(25), at => 200 + (20 * at.TotalMinutes), limitMegabytes: 9000);

        Assert.DoesNotContain(_said, said => said.State == LeakState.Suspected);
    }

    [Fact]
    public void SuspicionIsNewOnceAndOnceMoreWhenTheProcessHasGrownByHalf()
    {
        Run(TimeSpan.FromHours(24), at => 200 + (20 * at.TotalHours));

        int[] news = [.. Enumerable.Range(0, _said.Count).Where(at => _said[at].IsNewSuspicion)];
        Assert.Equal(3, news.Length);
        Assert.Equal(LeakState.Suspected, _said[^1].State);
    }

    [Fact]
    public void OneStepIsAPlateauAndNoLeak()
    {
        Run(TimeSpan.FromHours(5), at => at < TimeSpan.FromHours(3) ? 200 : 400);

        Assert.DoesNotContain(_said, said => said.State == LeakState.Suspected);
    }

    [Fact]
    public void GrowthThatSlowsDownIsAPlateauAndNoLeak()
    {
        Run(TimeSpan.FromHours(8), at => 200 + (400 * (1 - Math.Exp(-at.TotalHours / 1.5))));

        Assert.DoesNotContain(_said, said => said.State == LeakState.Suspected);
        Assert.Contains(_said, said => said.State == LeakState.Plateau);
    }

    /// <summary>Noise of a per cent is enough to make the ends of a window say what its middle does not.</summary>
    [Fact]
    public void ACacheThatFillsForHoursIsAPlateauAlsoUnderNoise()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var detector = new LeakDetector(new LeakDetectorOptions());
            var noise = new Random(seed);
            for (TimeSpan at = TimeSpan.Zero; at < TimeSpan.FromHours(20); at += Step)
            {
                double megabytes = (400 + (400 * (1 - Math.Exp(-at.TotalHours / 4)))) * (1 + (0.01 * (noise.NextDouble() + noise.NextDouble() + noise.NextDouble() - 1.5)));
                Assert.NotEqual(LeakState.Suspected, detector.Observe(new(_now + at, (long)(megabytes * Megabyte), null), 1600 * Megabyte).State);
            }
        }
    }

    /// <summary>Of a large process every read is paid for.</summary>
    [Theory]
    [InlineData(45)]
    [InlineData(100)]
    [InlineData(600)]
    [InlineData(2000)]
    public void WhatIsReadRarelyLeaksAsFastAsItDoes(int seconds)
    {
        Run(TimeSpan.FromHours(40), at => 5000 + (60 * at.TotalHours), every: TimeSpan.FromSeconds(seconds));

        LeakAssessment first = _said.First(said => said.IsNewSuspicion);
        Assert.Equal(60.0 * Megabyte / 3600, first.GrowthBytesPerSecond!.Value, 2000.0);
        Assert.StartsWith("its memory grew by 1,", first.Reason, StringComparison.Ordinal);
    }

    /// <summary>20 values at intervals of 100 s are half an hour, and no window of ten minutes in which the limit comes near.</summary>
    [Fact]
    public void RareReadingsDoNotMakeGrowthFaster()
    {
        Run(TimeSpan.FromMinutes(70), at => 5000 + (20 * at.TotalMinutes), limitMegabytes: 8000, every: TimeSpan.FromSeconds(100));

        Assert.DoesNotContain(_said, said => said.State == LeakState.Suspected);
    }

    [Fact]
    public void WhatIsReadTooRarelyForAWindowIsNotSuspectedInItAnyMore()
    {
        Run(TimeSpan.FromMinutes(25), at => 200 + (20 * at.TotalMinutes), limitMegabytes: 900);
        Assert.Equal(LeakState.Suspected, _said[^1].State);

        Run(TimeSpan.FromMinutes(60), _ => 700, limitMegabytes: 900, every: TimeSpan.FromMinutes(5));
        Assert.NotEqual(LeakState.Suspected, _said[^1].State);
    }

    [Fact]
    public void AShortGapDoesNotEndALongLook()
    {
        Run(TimeSpan.FromHours(14), at => 2000 + (20 * at.TotalHours));
        _now += TimeSpan.FromMinutes(20);
        Run(TimeSpan.FromHours(14), at => 2287 + (20 * at.TotalHours));

        Assert.Equal(LeakState.Suspected, _said[^1].State);
    }

    [Fact]
    public void WhatLoadHasUsedBeforeItMayUseAgain()
    {
        Run(TimeSpan.FromHours(30), at => 200 + (150 * Math.Abs((at.TotalHours % 12) - 6) / 6));

        Assert.DoesNotContain(_said, said => said.State == LeakState.Suspected);
    }

    [Fact]
    public void GrowthBelowTheFloorIsNoLeak()
    {
        Run(TimeSpan.FromHours(6), at => 30 + (4 * at.TotalHours));

        Assert.DoesNotContain(_said, said => said.State == LeakState.Suspected);
    }

    [Fact]
    public void LeakOfTheManagedHeapShowsBeneathMemoryThatDoesNotGrow()
    {
        Run(TimeSpan.FromHours(5), _ => 900, liveMegabytes: at => 100 + (30 * at.TotalHours));

        Assert.Equal(LeakState.Suspected, _said[^1].State);
        Assert.StartsWith("its live managed heap grew by ", _said[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LeakBesideTheManagedHeapShowsWhereTheHeapDoesNotGrow()
    {
        Run(TimeSpan.FromHours(5), at => 200 + (30 * at.TotalHours), liveMegabytes: _ => 80);

        Assert.Equal(LeakState.Suspected, _said[^1].State);
        Assert.StartsWith("its memory grew by ", _said[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AfterAGapItStartsAnew()
    {
        Run(TimeSpan.FromHours(5), at => 200 + (20 * at.TotalHours));
        _now += TimeSpan.FromMinutes(46);
        Run(TimeSpan.FromMinutes(5), at => 300 + (20 * at.TotalHours));

        Assert.Equal(LeakState.WarmingUp, _said[^1].State);
    }

    [Fact]
    public void AClockThatWasSetBackMakesItStartAnew()
    {
        Run(TimeSpan.FromHours(5), at => 200 + (20 * at.TotalHours));
        _now -= TimeSpan.FromHours(1);
        Run(TimeSpan.FromMinutes(1), _ => 300);

        Assert.Equal(LeakState.WarmingUp, _said[^1].State);
    }

    private void Run(TimeSpan length, Func<TimeSpan, double> megabytes, double? limitMegabytes = null, Func<TimeSpan, double>? liveMegabytes = null, TimeSpan? every = null)
    {
        TimeSpan step = every ?? Step;
        for (TimeSpan at = TimeSpan.Zero; at < length; at += step)
        {
            long? live = liveMegabytes is null ? null : (long)(liveMegabytes(at) * Megabyte);
            _said.Add(_detector.Observe(new(_now, (long)(megabytes(at) * Megabyte), live), (long?)(limitMegabytes * Megabyte)));
            _now += step;
        }
    }
}
