namespace HeapDrift.TestKit.Tests;

public sealed class EventuallyTests
{
    [Fact]
    public async Task ConditionThatComesTrueIsWaitedFor()
    {
        var asked = 0;

        await Eventually.HoldsAsync(() => ++asked == 3, TimeSpan.FromSeconds(10), "the third question is answered");

        Assert.Equal(3, asked);
    }

    [Fact]
    public void BlockingWaitTellsItsClaimToo()
    {
        Eventually.Holds(() => true, TimeSpan.FromSeconds(10), "the truth");

        var failure = Assert.Throws<TimeoutException>(
            () => Eventually.Holds(() => false, TimeSpan.FromMilliseconds(50), "the worker is ready"));
        Assert.StartsWith("Not within 0.05 s: the worker is ready.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeadlineTellsTheClaimAndTheLastState()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.HoldsAsync(
            () => false, TimeSpan.FromMilliseconds(50), "the worker is ready", () => "it is starting"));

        Assert.Equal("Not within 0.05 s: the worker is ready. Last state: it is starting", failure.Message);
    }

    [Fact]
    public async Task ConditionThatThrowsCountsAsNotYet()
    {
        var asked = 0;

        var value = await Eventually.ValueAsync(
            () => ++asked < 3 ? throw new IOException("refused") : "answer", TimeSpan.FromSeconds(10), "the server answers");

        Assert.Equal("answer", value);
    }

    [Fact]
    public async Task AttemptThatNeverReturnsDoesNotOutliveTheDeadline()
    {
        var never = new TaskCompletionSource<bool>();

        await Assert.ThrowsAsync<TimeoutException>(
            () => Eventually.HoldsAsync(() => never.Task, TimeSpan.FromMilliseconds(50), "an answer comes"));
    }
}
