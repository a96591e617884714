using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Flames;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Profiling.Tests.Allocations;

public sealed class SurvivingStacksTests
{
    [Fact]
    public void EveryStackIsThereWithItsBytesHoweverFewItsSamples()
    {
        IReadOnlyList<AllocationSite> stacks = Survivors(3).Stacks();

        // Each sample stands for two objects; a single one is too few for a finding.
        Assert.Equal([600, 400, 200], stacks.Select(stack => stack.EstimatedBytes));
        Assert.Equal(["Shop.Maker.Make3", "Shop.Maker.Make2", "Shop.Maker.Make1"], stacks.Select(stack => stack.Frames[0].Function));
    }

    [Fact]
    public void StacksBeyondTheBoundAreOneWithoutFramesAndNothingIsLost()
    {
        SurvivingAllocations survivors = Survivors(Limits.FlameStacks + 2);

        IReadOnlyList<AllocationSite> stacks = survivors.Stacks();

        // The two smallest: 2 times 100 and 2 times 200 bytes.
        Assert.Equal(Limits.FlameStacks + 1, stacks.Count);
        Assert.Equal((600, 2, 0), (stacks[^1].EstimatedBytes, stacks[^1].Samples, stacks[^1].Frames.Count));
        Assert.Equal(stacks.Sum(stack => stack.EstimatedBytes), AllocationFlame.Of(stacks)!.Root.Bytes);
    }

    /// <summary>One method called from twelve places, once each: no stack has enough samples, the line has.</summary>
    [Fact]
    public void ALineThatIsReachedOnManyWaysIsNamedThoughNoWayHasEnoughSamples()
    {
        AllocationSite site = Assert.Single(SurvivingAllocations.SitesOf(CalledFrom(Enumerable.Range(1, 12), "Make")));

        Assert.Equal(("Shop.Maker.Make", 12), (site.Frames[0].Function, site.Samples));
    }

    [Fact]
    public void FiveSamplesOfOneLineNameItAndFiveOfTwoLinesNameNone()
    {
        AllocationSite site = Assert.Single(SurvivingAllocations.SitesOf(CalledFrom(Enumerable.Range(1, 5), "Make")));

        Assert.True(site.RelativeError > 1);
        Assert.Empty(SurvivingAllocations.SitesOf(CalledFrom(Enumerable.Range(1, 4), "Make")));
        Assert.Empty(SurvivingAllocations.SitesOf([.. CalledFrom(Enumerable.Range(1, 4), "Make"), .. CalledFrom(Enumerable.Range(5, 1), "MakeOther")]));
    }

    /// <summary>One sample of 100 bytes in a thousand for each caller.</summary>
    private static IReadOnlyList<Survivor> CalledFrom(IEnumerable<int> callers, string method) =>
    [
        .. callers.Select(caller => new Survivor(new SampledObject((ulong)caller * 64, 1, 100, 0.001, 0, 0), 0, FoldedStack.Of([Frame(method), Frame($"Caller{caller}")]))),
    ];

    private static NamedFrame Frame(string method) => NamedFrame.Of(new RawFrame { TypeName = "Shop.Maker", MethodName = method, ModulePath = "/app/Shop.dll" }, null);

    /// <summary>One live sample of 100 times its number bytes by each of so many methods; every other object was sampled.</summary>
    private static SurvivingAllocations Survivors(int count)
    {
        var table = new StackTable();
        var samples = Enumerable.Range(1, count).Select(at => new SampledObject((ulong)at * 64, 1, at * 100, 0.5, table.Intern([(ulong)at], 1 << 20), 0)).ToList();
        var snapshot = new SnapshotSurvivors
        {
            Live = [.. samples.Select(sample => new LiveSample(sample.Address, 0))],
            Frames = samples.ToDictionary(
                sample => sample.Address / 64, sample => new RawFrame { TypeName = "Shop.Maker", MethodName = $"Make{sample.Address / 64}", ModulePath = "/app/Shop.dll" }),
        };
        SampleSet set = SampleSet.None with { Samples = samples, Stacks = table };
        return SurvivingAllocations.Of(set, snapshot, frame => NamedFrame.Of(frame, null));
    }
}
