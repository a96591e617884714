using System.Diagnostics;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>Who is said to hold an object, and by which path.</summary>
public sealed class MarkedPathTests
{
    [Fact]
    public void WithinOneKindOfRootThePathIsTheShortest()
    {
        var heap = new FakeHeap();
        ulong item = heap.New(heap.Class("Shop.Item", 1));
        ulong two = heap.New(heap.Class("Shop.Two", 1, 0), item);
        heap.Static("Shop.A.Long", heap.New(heap.Class("Shop.One", 1, 0), two)).Static("Shop.Z.Short", heap.New(heap.Class("Shop.Direct", 1, 0), item));

        Assert.Equal(["static Shop.Z.Short", "Shop.Direct", "Shop.Item"], heap.Mark().PathTo("Shop.Item"));
    }

    [Fact]
    public void TheEarlierKindOfRootWinsHoweverLongItsPath()
    {
        RootKind[] kinds = [.. Enum.GetValues<RootKind>().Order()];
        for (int earlier = 0; earlier + 1 < kinds.Length; earlier++)
        {
            var heap = new FakeHeap();
            ulong item = heap.New(heap.Class("Shop.Item", 1));
            ulong two = heap.New(heap.Class("Shop.Two", 1, 0), item);
            heap.Root(kinds[earlier + 1], "a later kind", item).Root(kinds[earlier], "the earlier kind", heap.New(heap.Class("Shop.One", 1, 0), two));

            Assert.Equal(["the earlier kind", "Shop.One", "Shop.Two", "Shop.Item"], heap.Mark().PathTo("Shop.Item"));
        }
    }

    [Fact]
    public void AmongEqualsTheHolderWithTheLowestNodeWins()
    {
        // Roots get their nodes by name, types by their holder's node and then by name, whatever the order in memory.
        var heap = new FakeHeap();
        FakeType z = heap.Class("Shop.Z", 2, 0, 1);
        FakeType a = heap.Class("Shop.A", 2, 0, 1);
        ulong byType = heap.New(heap.Class("Shop.ByType", 1));
        ulong byRoot = heap.New(heap.Class("Shop.ByRoot", 1));
        ulong ofLast = heap.New(a, byRoot);
        heap.Static("Shop.1", heap.New(z, byType, byRoot)).Static("Shop.2", ofLast).Static("Shop.1", heap.New(a, byType));

        MarkResult result = heap.Mark();

        Assert.Equal(["static Shop.1", "Shop.A", "Shop.ByType"], result.PathTo("Shop.ByType"));
        Assert.Equal(["static Shop.1", "Shop.Z", "Shop.ByRoot"], result.PathTo("Shop.ByRoot"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void AListOfAHundredThousandLinksIsOneNodeAndSoonMarked(int threads)
    {
        var heap = new FakeHeap();
        FakeType link = heap.Class("Shop.Link", 2, 0);
        ulong next = 0;
        for (int at = 0; at < 100_000; at++)
        {
            next = heap.New(link, next);
        }

        long started = Stopwatch.GetTimestamp();
        MarkResult result = heap.Static("Shop.List", next).Mark(threads);

        // The heap, the static field and the links. A level takes some microseconds; twenty times that is still far from quadratic.
        Assert.Equal([0, 0, 100_000], result.Retention.Nodes.Select(node => node.Objects));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void ACycleOfTwoTypesFoldsBackToWhereItBegan()
    {
        var heap = new FakeHeap();
        FakeType parent = heap.Class("Shop.Parent", 1, 0);
        FakeType child = heap.Class("Shop.Child", 1, 0);
        ulong last = heap.New(parent);
        ulong first = heap.New(parent, heap.New(child, last));

        MarkResult result = heap.Static("Shop.Root", first).Mark();

        Assert.Equal(4, result.Retention.Nodes.Count);
        Assert.Equal(2, result.Retention.Nodes.Single(node => node.Step.Name == "Shop.Parent").Objects);
    }

    [Fact]
    public void ARootThatPointsIntoNowhereHoldsNothing()
    {
        var heap = new FakeHeap();
        ulong item = heap.New(heap.Class("Shop.Item", 1));
        heap.Static("Shop.Known", item).Root(RootKind.Handle, "null", 0).Root(RootKind.Handle, "outside", 0x1234_5678).Root(RootKind.Stack, "unaligned", item + 1)
            .Root(RootKind.Stack, "no object", item + 8).Root(RootKind.Stack, "kernel", ulong.MaxValue);

        MarkResult result = heap.Mark();

        Assert.Equal((1, 5), (result.Objects(), result.InvalidRoots));
        Assert.DoesNotContain(result.Retention.Nodes, node => node.Step.Name == "null");
    }
}
