using CsCheck;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Tests.Heap;

namespace HeapDrift.Profiling.Tests.Diff;

public sealed class DiffPropertyTests
{
    /// <summary>Any graph: up to 40 objects of 6 types, each with references to any others, some of them roots.</summary>
    private static readonly Gen<HeapSketch> Heaps =
        from objects in Gen.Select(Gen.Int[0, 5], Gen.Int[0, 39].Array[0, 4], Gen.Bool).Array[1, 40]
        select Draw(objects);

    [Fact]
    public void EqualGraphsGiveNothing() => Heaps.Sample(heap =>
    {
        HeapDiff diff = HeapDiff.Compare(heap.Snapshot(), heap.Snapshot());
        return diff.Types.Count == 0 && diff.Findings.Count == 0;
    });

    [Fact]
    public void SwappingTheSnapshotsNegatesEveryDelta() => Gen.Select(Heaps, Heaps).Sample((first, second) =>
    {
        Dictionary<string, long> there = Deltas(first, second);
        Dictionary<string, long> back = Deltas(second, first);
        return there.Count == back.Count && there.All(type => back[type.Key] == -type.Value);
    });

    [Fact]
    public void TheRetentionTreesHoldEveryObjectOnce() => Heaps.Sample(heap =>
    {
        HeapSnapshot snapshot = heap.Snapshot();
        return snapshot.Retention.Nodes.Sum(node => node.Objects) == snapshot.LiveObjects
            && snapshot.Retention.Nodes.Sum(node => node.Bytes) == snapshot.LiveBytes;
    });

    [Fact]
    public void TheGrowthTreeAddsUpToTheGrowthOfTheHeap() => Gen.Select(Heaps, Heaps).Sample((first, second) =>
    {
        HeapSnapshot baseline = first.Snapshot();
        HeapSnapshot final = second.Snapshot();
        return GrowthTree.Compare(baseline.Retention, final.Retention).Heap.RetainedBytesDelta == final.LiveBytes - baseline.LiveBytes;
    });

    private static Dictionary<string, long> Deltas(HeapSketch first, HeapSketch second) =>
        HeapDiff.Compare(first.Snapshot(), second.Snapshot()).Types.ToDictionary(type => type.Name, type => type.BytesDelta);

    private static HeapSketch Draw((int Type, int[] References, bool IsRoot)[] objects)
    {
        var heap = new HeapSketch();
        foreach ((int type, _, _) in objects)
        {
            heap.Add($"Shop.Type{type}");
        }

        for (int at = 0; at < objects.Length; at++)
        {
            foreach (int reference in objects[at].References.Where(reference => reference < objects.Length))
            {
                heap.Link(at, reference);
            }

            if (objects[at].IsRoot)
            {
                heap.Static($"Shop.Root{objects[at].Type}", at);
            }
        }

        return heap;
    }
}
