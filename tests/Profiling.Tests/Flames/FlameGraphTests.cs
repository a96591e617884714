using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Flames;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Tests.Reports;

namespace HeapDrift.Profiling.Tests.Flames;

public sealed class FlameGraphTests
{
    [Fact]
    public void ABoxIsAsWideAsWhatGrewOnItsPathAndBeneath()
    {
        GrowthFlame flame = GrowthFlame.Of(SampleReport.Heap());
        FlameNode sessions = flame.Graph!.Root.Children[0];

        // 4 for the table, 10 for the sessions, 26 for their arrays; 3 for the pages.
        Assert.Equal(SampleReport.Holder, sessions.Frame.Name);
        Assert.Equal(40 * SampleReport.MB, sessions.Bytes);
        Assert.Equal(43 * SampleReport.MB, flame.Graph.Root.Bytes);
        FlameNode session = sessions.Children[0].Children[0].Children[0];
        Assert.Equal(("Shop.Session", 10 * SampleReport.MB, 36 * SampleReport.MB, 360_000L), (session.Frame.Name, session.OwnBytes, session.Bytes, session.OwnCount));
    }

    [Fact]
    public void WhatShrankIsToldAndNotDrawn()
    {
        GrowthFlame flame = GrowthFlame.Of(SampleReport.Heap());

        Assert.Equal((43 * SampleReport.MB, 1 * SampleReport.MB), (flame.GrownBytes, flame.GoneBytes));
        Assert.DoesNotContain(All(flame.Graph!), node => node.Frame.Name == "static Shop.Buffers.Free");
    }

    [Fact]
    public void AHeapThatOnlyShrankHasNoPicture()
    {
        var heap = new GrowthNode(null, new PathStep("", null, PathStepKind.Heap));
        SampleReport.Grow(heap.Child(SampleReport.Root("static Shop.All")), -5, -500);

        Assert.Equal(new GrowthFlame(null, 0, 500), GrowthFlame.Of(heap));
    }

    [Fact]
    public void PathsTooNarrowToBeSeenCountInTheBoxAboveThem()
    {
        var heap = new GrowthNode(null, new PathStep("", null, PathStepKind.Heap));
        GrowthNode holder = heap.Child(SampleReport.Root("static Shop.All"));
        SampleReport.Grow(holder.Child(SampleReport.Step("Shop.Large")), 1, 999_000);
        foreach (int at in Enumerable.Range(0, 10))
        {
            SampleReport.Grow(holder.Child(SampleReport.Step($"Shop.Small{at}")), 1, 100);
        }

        FlameGraph graph = GrowthFlame.Of(heap).Graph!;

        // 100 of 1,000,000 is 0.01 %; ten of them are 1,000.
        Assert.Equal(["live heap", "static Shop.All", "Shop.Large"], All(graph).Select(node => node.Frame.Name));
        Assert.Equal((10, 3, 1_000L), (graph.LeftOut, graph.Nodes, graph.Root.Children[0].RestBytes));
    }

    [Fact]
    public void ThereAreNeverMoreBoxesThanABrowserBearsNorDeeper()
    {
        var heap = new GrowthNode(null, new PathStep("", null, PathStepKind.Heap));
        GrowthNode at = heap;
        for (int depth = 0; depth < 1_000; depth++)
        {
            at = at.Child(SampleReport.Step($"Shop.Level{depth}"));
            SampleReport.Grow(at, 1, 1);
            SampleReport.Grow(at.Child(SampleReport.Step("Shop.Leaf")), 1, 100);
            foreach (int wide in Enumerable.Range(0, depth < 100 ? 40 : 0))
            {
                SampleReport.Grow(at.Child(SampleReport.Step($"Shop.Wide{wide}")), 1, 200);
            }
        }

        FlameGraph graph = GrowthFlame.Of(heap).Graph!;

        Assert.InRange(graph.Nodes, 100, Limits.FlameNodes);
        Assert.Equal(graph.Nodes, All(graph).Count);
        Assert.InRange(Depth(graph.Root), 1, Limits.FlameDepth + 1);

        // What has no box is not lost: 1,000 levels with 1 + 100, and 100 with 40 times 200.
        Assert.Equal((1_000 * 101) + (100 * 40 * 200), graph.Root.Bytes);
        Assert.Equal(graph.Root.Bytes, All(graph).Sum(node => node.RestBytes));
    }

    [Fact]
    public void StacksMeetWhereTheirCallersAreTheSame()
    {
        FlameGraph graph = AllocationFlame.Of([SampleReport.Site("Shop.Cache.Open", 300), SampleReport.Site("Shop.Cart.AddAsync", 100)])!;
        FlameNode program = Assert.Single(graph.Root.Children);

        Assert.Equal(("Shop.Program.<lambda>", 400L, 640L), (program.Frame.Name, program.Bytes, program.Count));
        Assert.Equal(["Shop.Cache.Open", "Shop.Cart.AddAsync"], program.Children.Select(node => node.Frame.Name));
        Assert.Equal("System.Collections.Generic.Dictionary<_, _>.Resize", Assert.Single(program.Children[0].Children).Frame.Name);
    }

    [Fact]
    public void ErrorsOfEstimatesAddUpInSquares()
    {
        FlameGraph graph = AllocationFlame.Of([SampleReport.Site("Shop.A.Make", 300) with { RelativeError = 0.1 }, SampleReport.Site("Shop.B.Make", 400) with { RelativeError = 0.1 }])!;

        // 30 and 40 are 50 together, of 700.
        Assert.Equal(50.0 / 700, graph.Root.RelativeError, 6);
    }

    [Fact]
    public void WithoutSurvivorsThereIsNoPicture() => Assert.Null(AllocationFlame.Of([]));

    private static List<FlameNode> All(FlameGraph graph)
    {
        List<FlameNode> nodes = [graph.Root];
        for (int at = 0; at < nodes.Count; at++)
        {
            nodes.AddRange(nodes[at].Children);
        }

        return nodes;
    }

    private static int Depth(FlameNode node) => 1 + node.Children.Select(Depth).DefaultIfEmpty(0).Max();
}
