using HeapDrift.Profiling.Diff;

namespace HeapDrift.Profiling.Tests.Diff;

public sealed class GrowthSeriesTests
{
    [Theory]
    [InlineData(nameof(Verdict.ManagedLeak), new double[] { 100, 200 })]
    [InlineData(nameof(Verdict.ManagedLeak), new double[] { 100, 200, 300, 400 })]
    [InlineData(nameof(Verdict.ManagedLeak), new double[] { 0, 100, 150, 260 })]
    [InlineData(nameof(Verdict.Saturating), new double[] { 0, 200, 300, 310 })]
    [InlineData(nameof(Verdict.Saturating), new double[] { 0, 300, 300, 300 })]
    [InlineData(nameof(Verdict.Saturating), new double[] { 0, 300, 450, 520 })]
    [InlineData(nameof(Verdict.NoGrowth), new double[] { 100, 400, 500, 150 })]
    [InlineData(nameof(Verdict.NoGrowth), new double[] { 100, 500, 90, 300 })]
    [InlineData(nameof(Verdict.Inconclusive), new double[] { 0, 0, 0, 900 })]
    [InlineData(nameof(Verdict.Inconclusive), new double[] { 0, 400, 410, 900 })]
    public void GrowthMustHoldInEveryIntervalToBeCalledALeak(string expected, double[] amounts) =>
        Assert.Equal(expected, GrowthSeries.Judge([.. amounts.Select((amount, at) => (at * 2.0, amount))]).ToString());

    [Fact]
    public void UnevenIntervalsAreJudgedByTheirRates() =>
        Assert.Equal(Verdict.ManagedLeak, GrowthSeries.Judge([(0, 0), (1, 100), (9, 900), (10, 1000)]));
}
