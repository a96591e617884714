using HeapDrift.Profiling.Detection;

namespace HeapDrift.Profiling.Tests.Detection;

public sealed class TrendTests
{
    [Fact]
    public void AnEvenRiseIsSignificantAndSteady()
    {
        Trend trend = Trend.Of([.. Enumerable.Range(0, 20).Select(at => 100.0 + (5 * at))]);

        Assert.Equal(5, trend.Slope, 1e-9);
        Assert.Equal(95, trend.Rise, 1e-9);
        Assert.True(trend is { IsSignificant: true, IsSteady: true });
    }

    [Fact]
    public void ValuesThatDoNotMoveAreNoTrend() => Assert.False(Trend.Of([.. Enumerable.Repeat(7.0, 20)]).IsSignificant);

    [Fact]
    public void AFallIsNoRise() => Assert.False(Trend.Of([.. Enumerable.Range(0, 20).Select(at => 100.0 - at)]).IsSignificant);

    [Fact]
    public void OneHugeValueMakesNoTrend() => Assert.False(Trend.Of([.. Enumerable.Range(0, 20).Select(at => at == 19 ? 1e9 : at % 2)]).IsSignificant);

    [Fact]
    public void OneStepIsSignificantAndNotSteady()
    {
        Trend trend = Trend.Of([.. Enumerable.Range(0, 20).Select(at => (at < 10 ? 100.0 : 200) + (at * 0.1))]);

        Assert.True(trend is { IsSignificant: true, IsSteady: false });
    }

    [Fact]
    public void FourStepsAreNotSteady() =>
        Assert.False(Trend.Of([.. Enumerable.Range(0, 20).Select(at => 100.0 + (40 * (at / 4)) + (at * 0.1))]).IsSteady);

    [Fact]
    public void ARiseThatSlowsDownIsNotSteady() =>
        Assert.False(Trend.Of([.. Enumerable.Range(0, 20).Select(at => 1000 * (1 - Math.Exp(-at / 10.0)))]).IsSteady);

    [Fact]
    public void NoiseDoesNotHideAnEvenRise()
    {
        double[] noise = [3, -4, 1, 5, -2, 0, -5, 4, 2, -3, 1, -1, 5, -4, 3, -2, 0, 2, -5, 4];

        Assert.True(Trend.Of([.. noise.Select((off, at) => 100 + (4 * at) + off)]) is { IsSignificant: true, IsSteady: true });
    }
}
