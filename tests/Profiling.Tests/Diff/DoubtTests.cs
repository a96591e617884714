using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Stacks;
using HeapDrift.Profiling.Tests.Heap;

namespace HeapDrift.Profiling.Tests.Diff;

/// <summary>What two snapshots alone would call a leak, and the samples do not.</summary>
public sealed class DoubtTests
{
    private const int Many = 50_000;
    private const int Samples = 300;
    private const int Gone = 200;

    [Fact]
    public void ALeakIsToldThoughMoreOfWhatExpiresWasThere()
    {
        HeapSnapshot before = Heap(0, 0);
        HeapSnapshot after = Heap(4 * Many, Many) with { TakenAt = DateTimeOffset.UnixEpoch.AddSeconds(10) };

        HeapDiff diff = HeapDiff.Compare(before, after, new DiffEvidence { Allocations = ExpiringSessions(after) });

        Assert.Equal(Verdict.ManagedLeak, diff.Verdict);
        Assert.Equal([("Shop.Order", Verdict.ManagedLeak), ("Shop.Session", Verdict.Inconclusive)], diff.Findings.Select(finding => (finding.Type, finding.Verdict)));
    }

    /// <summary>The line of the sessions has allocated from the beginning of the window on, and of its first 200 samples none is left.</summary>
    private static SurvivingAllocations ExpiringSessions(HeapSnapshot snapshot)
    {
        int node = snapshot.Retention.Nodes.Select(seen => seen.Step.Name).ToList().IndexOf("Shop.Session");
        var stacks = new StackTable();
        int stack = stacks.Intern([1], 1);
        var arrivals = new ArrivalTimes();
        foreach (int at in Enumerable.Range(0, Gone + Samples))
        {
            arrivals.Add(at);
        }

        SampledObject[] sampled = [.. Enumerable.Range(Gone, Samples).Select(at => new SampledObject((ulong)at * 64, 1, HeapSketch.ObjectBytes, 0.001, stack, at))];
        var survivors = new SnapshotSurvivors
        {
            Live = [.. sampled.Select(sample => new LiveSample(sample.Address, node))],
            Frames = new Dictionary<ulong, RawFrame> { [1] = new RawFrame { TypeName = "Shop.Login", MethodName = "Run", ModulePath = "/app/Shop.dll" } },
        };
        SampleSet samples = SampleSet.None with { Samples = sampled, Stacks = stacks, Arrivals = arrivals, FirstOfStack = new Dictionary<int, long> { [stack] = 0 } };
        return SurvivingAllocations.Of(samples, survivors, frame => NamedFrame.Of(frame, null));
    }

    private static HeapSnapshot Heap(int sessions, int orders)
    {
        var heap = new HeapSketch();
        heap.Static("Shop.Logins.Sessions", heap.Add("Shop.Session[]", [.. Enumerable.Range(0, sessions).Select(_ => heap.Add("Shop.Session"))]));
        heap.Static("Shop.Desk.Orders", heap.Add("Shop.Order[]", [.. Enumerable.Range(0, orders).Select(_ => heap.Add("Shop.Order"))]));
        return heap.Snapshot();
    }
}
