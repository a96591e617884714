using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>Objects whose allocation was sampled: found where they are alive, with the path that holds them.</summary>
public sealed class MarkedSampleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LiveSamplesAreToldWithTheirPathDeadAndReplacedOnesAreNot(bool copied)
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 2);
        FakeType other = heap.Class("Shop.Other", 2);
        FakeType list = heap.ArrayOfReferences("Shop.Item[]");
        ulong held = heap.New(item);
        ulong notSampled = heap.New(item);
        ulong dead = heap.New(item);
        ulong replaced = heap.New(other);
        heap.Static("Shop.Cache.Items", heap.New(list, held, notSampled, replaced));
        heap.Sampled[held] = item.MethodTable;
        heap.Sampled[dead] = item.MethodTable;
        heap.Sampled[replaced] = item.MethodTable;

        MarkResult result = heap.Mark(copied: copied);

        LiveSample found = Assert.Single(result.Sampled);
        Assert.Equal(held, found.Address);
        Assert.Equal(["Shop.Item", "Shop.Item[]", "static Shop.Cache.Items"], PathOf(result.Retention, found.Node));
    }

    [Fact]
    public void AnyNumberOfThreadsFindsTheSameSamples()
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 20);
        FakeType list = heap.ArrayOfReferences("Shop.Item[]");
        ulong[] items = [.. Enumerable.Range(0, 50_000).Select(_ => heap.New(item))];
        heap.Static("Shop.Cache.Items", heap.New(list, items));
        foreach (ulong sampled in items.Where((_, at) => at % 7 == 0))
        {
            heap.Sampled[sampled] = item.MethodTable;
        }

        IEnumerable<LiveSample> one = heap.Mark(threads: 1).Sampled.OrderBy(found => found.Address);
        IEnumerable<LiveSample> four = heap.Mark(threads: 4).Sampled.OrderBy(found => found.Address);

        Assert.Equal(one, four);
        Assert.Equal(heap.Sampled.Count, one.Count());
    }

    private static IEnumerable<string> PathOf(RetentionTree tree, int node)
    {
        for (int at = node; at > 0; at = tree.Nodes[at].Parent)
        {
            yield return tree.Nodes[at].Step.Name;
        }
    }
}
