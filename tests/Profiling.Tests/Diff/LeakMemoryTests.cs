using HeapDrift.Profiling.Diff;

namespace HeapDrift.Profiling.Tests.Diff;

public sealed class LeakMemoryTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ALeakThatWasReportedIsKnownSinceThen()
    {
        LeakMemory memory = new LeakMemory().With([Finding("a")], "shop", "1.0", Monday).With([Finding("a")], "shop", "1.0", Monday.AddDays(1));

        Assert.Equal(new Sighting(FindingStatus.Known, Monday), memory.Of("shop", "1.0")["a"]);
        Assert.Equal(Monday.AddDays(1), Assert.Single(memory.Leaks).LastSeen);
    }

    [Fact]
    public void ALeakThatAVersionDidNotShowHasRegressedWhenALaterOneDoes()
    {
        LeakMemory memory = new LeakMemory().With([Finding("a")], "shop", "1.0", Monday).With([], "shop", "1.1", Monday.AddDays(1));

        Assert.Equal(FindingStatus.Regressed, memory.Of("shop", "1.2")["a"].Status);
        Assert.Equal(FindingStatus.Known, memory.Of("shop", "1.0")["a"].Status);
        Assert.Equal(FindingStatus.Known, memory.Of("shop", null)["a"].Status);
    }

    [Fact]
    public void ACaptureOfTheSameVersionThatDoesNotShowItFixesNothing()
    {
        LeakMemory memory = new LeakMemory().With([Finding("a")], "shop", "1.0", Monday).With([], "shop", "1.0", Monday.AddDays(1));

        Assert.Equal(FindingStatus.Known, memory.Of("shop", "1.1")["a"].Status);
    }

    [Fact]
    public void ALeakOfAnotherServiceIsNotKnownHere()
    {
        LeakMemory memory = new LeakMemory().With([Finding("a")], "shop", "1.0", Monday);

        Assert.Empty(memory.Of("bank", "1.0"));
        Assert.Null(memory.With([], "bank", "2.0", Monday).Leaks.Single().FixedIn);
    }

    [Fact]
    public void TheOldestAreForgottenWhereThereAreTooMany()
    {
        LeakMemory memory = new LeakMemory().With([Finding("oldest")], "shop", "1.0", Monday);

        memory = memory.With(Enumerable.Range(0, LeakMemory.MostLeaks).Select(number => Finding($"{number}")), "shop", "1.0", Monday.AddDays(1));

        Assert.Equal(LeakMemory.MostLeaks, memory.Leaks.Count);
        Assert.DoesNotContain("oldest", memory.Of("shop", "1.0").Keys);
    }

    private static Finding Finding(string fingerprint) => new()
    {
        Rank = 1,
        Fingerprint = fingerprint,
        Status = FindingStatus.New,
        Origin = TypeOrigin.Application,
        Type = "Shop.Session",
        Holder = "static Shop.Cache.Sessions",
        Path = [],
        ObjectsDelta = 1,
        BytesDelta = 1,
        RetainedBytesDelta = 1,
        ShareOfGrowth = 1,
        Summary = "",
        AllocationSites = [],
    };
}
