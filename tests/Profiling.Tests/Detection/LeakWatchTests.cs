using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Tests.Detection;

public sealed class LeakWatchTests
{
    private readonly LeakWatch _watch = new(new LeakDetectorOptions());
    private DateTimeOffset _now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void SuspicionIsNewForOneLookOnly()
    {
        WorkerMemory? news = null;
        for (int at = 0; at < 600 && news is null; at++)
        {
            WorkerMemory memory = Proportional(200 + at);
            news = _watch.Observe(memory, null).IsNewSuspicion ? memory : null;
        }

        Assert.NotNull(news);
        LeakAssessment again = _watch.Observe(news, null);
        Assert.Equal(LeakState.Suspected, again.State);
        Assert.False(again.IsNewSuspicion);
    }

    [Fact]
    public void FromProportionalToResidentBytesIsNoGrowth()
    {
        for (int at = 0; at < 240; at++)
        {
            _watch.Observe(Proportional(200), null);
        }

        Assert.Equal(LeakState.Healthy, _watch.Observe(Proportional(200), null).State);
        Assert.Equal(LeakState.WarmingUp, _watch.Observe(Resident(900), null).State);
    }

    private WorkerMemory Proportional(long megabytes) => Resident(megabytes) with { Pss = new(megabytes << 20, 0, 0, 0) };

    private WorkerMemory Resident(long megabytes) => new() { At = _now += TimeSpan.FromSeconds(30), RssBytes = megabytes << 20 };
}
