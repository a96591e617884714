using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Stacks;
using HeapDrift.Profiling.Tests.Heap;

namespace HeapDrift.Profiling.Tests.Diff;

/// <summary>Leaks of which the platform holds everything and everything is of its types: a cache in a container, a queue of strings, a local list.</summary>
public sealed class PlatformLeakTests
{
    /// <summary>32 bytes each: 1.6 MB, above the floor of any finding and below that of what only the platform holds.</summary>
    private const int Many = 50_000;

    private const string Handler = "Shop.Pages";
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.ConnectionDispatcher";

    [Fact]
    public void WhatTheApplicationAllocatesIsALeakThoughOnlyThePlatformHoldsIt()
    {
        Finding finding = Assert.Single(Compare(Handler, samples: 15).Findings);

        Assert.Equal(("System.String", "strong handle"), (finding.Type, finding.Holder));
    }

    [Fact]
    public void WhatAHandlerAllocatesThatWasInlinedIntoItsCompiledCallIsALeakToo() => Assert.NotEmpty(Compare("", samples: 15).Findings);

    [Fact]
    public void WhatThePlatformAllocatesForItselfIsNone() => Assert.Empty(Compare(Kestrel, samples: 15).Findings);

    [Fact]
    public void TwoSamplesAreNoReasonToAccuse() => Assert.Empty(Compare(Handler, samples: 2).Findings);

    [Fact]
    public void WhatFlattensIsNone() => Assert.Empty(Compare(Handler, samples: 15, Many, Many).Findings);

    /// <summary>Two snapshots cannot tell; when what survives was allocated can.</summary>
    [Fact]
    public void WhatWasAllocatedInTheLastSecondsOnlyIsNoLeakForCertain()
    {
        Assert.Equal(Verdict.ManagedLeak, Compare(Handler, samples: 300, from: 0, []).Verdict);
        Assert.Equal(Verdict.Inconclusive, Compare(Handler, samples: 300, from: 200, [], objects: 4 * Many, first: 0).Verdict);
    }

    /// <summary>Traffic that begins after the baseline: everything that the line ever allocated is still there.</summary>
    [Fact]
    public void WhatBeganLateAndLosesNothingIsALeak() =>
        Assert.Equal(Verdict.ManagedLeak, Compare(Handler, samples: 300, from: 1_000, [], objects: 4 * Many).Verdict);

    private static HeapDiff Compare(string type, int samples, params int[] between) => Compare(type, samples, 0, between);

    /// <summary>
    /// The window begins with sample 0; those that survived came one after the other from another moment on, and the first of their line may have come earlier.
    /// </summary>
    private static HeapDiff Compare(string type, int samples, int from, int[] between, int objects = Many, int? first = null)
    {
        HeapSnapshot[] snapshots = [.. ((int[])[0, .. between, objects]).Select((count, at) => Strings(count).Snapshot() with { TakenAt = DateTimeOffset.UnixEpoch.AddSeconds(at) })];
        int node = snapshots[^1].Retention.Nodes.Select(seen => seen.Step.Name).ToList().IndexOf("System.String");
        var stacks = new StackTable();
        var sampled = Enumerable.Range(1, samples).Select(at => new SampledObject((ulong)at * 64, 1, HeapSketch.ObjectBytes, 0.001, stacks.Intern([1], 1 << 20), from + at)).ToList();
        var survivors = new SnapshotSurvivors
        {
            Live = [.. sampled.Select(sample => new LiveSample(sample.Address, node))],
            Frames = new Dictionary<ulong, RawFrame>
            {
                [1] = type.Length == 0
                    ? new RawFrame { TypeName = "dynamicClass", MethodName = "lambda_method7" }
                    : new RawFrame { TypeName = type, MethodName = "Run", ModulePath = type == Handler ? "/app/Shop.dll" : "/usr/share/dotnet/shared/Microsoft.AspNetCore.App/10.0.0/Kestrel.dll" },
            },
        };
        var arrivals = new ArrivalTimes();
        foreach (int at in Enumerable.Range(0, from + samples))
        {
            arrivals.Add(at);
        }

        SampleSet set = SampleSet.None with { Samples = sampled, Stacks = stacks, Arrivals = arrivals, FirstOfStack = new Dictionary<int, long> { [stacks.Intern([1], 1 << 20)] = first ?? from + 1 } };
        var allocations = SurvivingAllocations.Of(set, survivors, frame => NamedFrame.Of(frame, null));
        return HeapDiff.Compare(snapshots[0], snapshots[^1], new DiffEvidence { Between = snapshots[1..^1], Allocations = allocations });
    }

    private static HeapSketch Strings(int count)
    {
        var heap = new HeapSketch();
        return heap.Root(RootKind.Handle, "strong handle", heap.Add("System.Object[]", [.. Enumerable.Range(0, count).Select(_ => heap.Add("System.String"))]));
    }
}
