using HeapDrift.Collector.Commands;

namespace HeapDrift.Collector.Tests.Commands;

public sealed class DurationTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("0s", 0)]
    public void ADurationIsANumberAndAUnit(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("30")]
    [InlineData("-1s")]
    [InlineData("1e9s")]
    [InlineData("25h")]
    [InlineData("1d")]
    [InlineData("NaNs")]
    [InlineData("1,5s")]
    public void AnythingElseIsRefused(string text) => Assert.False(Duration.TryParse(text, out _));
}
