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
        _now += TimeSpan.FromMinutes(16);
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

    private void Run(TimeSpan length, Func<TimeSpan, double> megabytes, double? limitMegabytes = null, Func<TimeSpan, double>? liveMegabytes = null)
    {
        for (TimeSpan at = TimeSpan.Zero; at < length; at += Step)
        {
            long? live = liveMegabytes is null ? null : (long)(liveMegabytes(at) * Megabyte);
            _said.Add(_detector.Observe(new(_now, (long)(megabytes(at) * Megabyte), live), (long?)(limitMegabytes * Megabyte)));
            _now += Step;
        }
    }
}
