using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Tests.Heap;

namespace HeapDrift.Profiling.Tests.Diff;

public sealed class ConfirmationTests
{
    private const int Many = 10_000;

    [Fact]
    public void WhatGrowsInEveryIntervalIsALeak()
    {
        HeapDiff diff = Compare(0, Many, 2 * Many, 3 * Many);

        Assert.Equal(Verdict.ManagedLeak, diff.Verdict);
        Assert.Equal(Verdict.ManagedLeak, Assert.Single(diff.Findings).Verdict);
    }

    [Fact]
    public void ACacheThatFillsIsSaturatingAndItsHolderIsStillNamed()
    {
        HeapDiff diff = Compare(0, 2 * Many, 3 * Many, 3 * Many);

        Assert.Equal(Verdict.Saturating, diff.Verdict);
        Assert.Equal("static Shop.Cache.Sessions", Assert.Single(diff.Findings).Holder);
    }

    [Fact]
    public void WhatFallsBackIsNoGrowth()
    {
        HeapDiff diff = Compare(Many, 5 * Many, 6 * Many, 2 * Many);

        Assert.Equal(Verdict.NoGrowth, diff.Verdict);
        Assert.Empty(diff.Findings);
    }

    [Fact]
    public void GrowthThatCameInOneIntervalOnlyIsNoAccusation() =>
        Assert.Equal(Verdict.Inconclusive, Compare(0, 0, 0, 3 * Many).Verdict);

    [Fact]
    public void ALeakComesBeforeALargerCacheThatFilled()
    {
        HeapSketch[] heaps = [Two(0, 0), Two(Many, 8 * Many), Two(2 * Many, 8 * Many), Two(3 * Many, 8 * Many)];

        HeapDiff diff = Compare(heaps);

        Assert.Equal(Verdict.ManagedLeak, diff.Verdict);
        Assert.Equal(["Shop.Small", "Shop.Large"], diff.Findings.Select(finding => finding.Type));
        Assert.Equal([Verdict.ManagedLeak, Verdict.Saturating], diff.Findings.Select(finding => finding.Verdict));
    }

    [Fact]
    public void OfWhatIsNoLeakTheLargestComesFirst()
    {
        HeapSketch[] heaps = [Two(0, 0), Two(Many, 0), Two(Many, 0), Two(Many, 8 * Many)];

        Assert.Equal([Verdict.Inconclusive, Verdict.Saturating], Compare(heaps).Findings.Select(finding => finding.Verdict));
    }

    [Fact]
    public void WithoutSnapshotsBetweenTheTwoTheGrowthIsTakenAsItIs() => Assert.Equal(Verdict.ManagedLeak, Compare(0, 3 * Many).Verdict);

    private static HeapDiff Compare(params int[] sessions) => Compare([.. sessions.Select(Sessions)]);

    private static HeapDiff Compare(HeapSketch[] heaps)
    {
        HeapSnapshot[] snapshots = [.. heaps.Select((heap, at) => heap.Snapshot() with { TakenAt = DateTimeOffset.UnixEpoch.AddSeconds(at) })];
        return HeapDiff.Compare(snapshots[0], snapshots[^1], new DiffEvidence { Between = snapshots[1..^1] });
    }

    private static HeapSketch Sessions(int sessions) => AddList(new HeapSketch(), "Shop.Cache.Sessions", "Shop.Session", sessions);

    private static HeapSketch Two(int small, int large) =>
        AddList(AddList(new HeapSketch(), "Shop.Cache.A", "Shop.Small", small), "Shop.Cache.B", "Shop.Large", large);

    private static HeapSketch AddList(HeapSketch heap, string field, string type, int elements)
    {
        int array = heap.AddSized($"{type}[]", 24 + (elements * 8));
        int list = heap.Add($"System.Collections.Generic.List<{type}>", array);
        heap.Static(field, list);
        for (int element = 0; element < elements; element++)
        {
            heap.Link(array, heap.Add(type));
        }

        return heap;
    }
}
