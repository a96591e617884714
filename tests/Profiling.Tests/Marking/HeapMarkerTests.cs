using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>What is counted. Every claim holds for a heap that is read as needed and for one that was copied.</summary>
public sealed class HeapMarkerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryReachableObjectIsCountedOnceAndNoOther(bool copied)
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 2);
        FakeType holder = heap.Class("Shop.Holder", 3, 0, 2);
        ulong shared = heap.New(item);
        heap.New(holder, heap.New(item));
        ulong second = heap.New(holder, shared, shared);
        ulong first = heap.New(holder, shared, second);
        heap.Link(second, 1, first);
        heap.Static("Shop.A", first).Static("Shop.B", shared);

        MarkResult result = heap.Mark(copied: copied);

        // Header and method table, 2 words, then 2 and 3 fields.
        Assert.Equal((1, 2 * 8 + 2 * 8), (result.ObjectsOf("Shop.Item"), result.BytesOf("Shop.Item")));
        Assert.Equal((2, 2 * (2 * 8 + 3 * 8)), (result.ObjectsOf("Shop.Holder"), result.BytesOf("Shop.Holder")));
        Assert.Equal(3, result.Retention.Nodes.Sum(node => node.Objects));
        Assert.Equal(32 + 80, result.Retention.Nodes.Sum(node => node.Bytes));
        Assert.Equal((0, 0, 0, 0), (result.InvalidRoots, result.InvalidReferences, result.InvalidObjects, result.MissingBytes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SizesOfStringsAndArraysAreRoundedUpTo8(bool copied)
    {
        var heap = new FakeHeap();
        FakeType bytes = heap.ArrayOfNumbers("System.Byte[]", 1);
        heap.Static("Shop.Text", heap.NewArray(heap.String, 7)).Static("Shop.Empty", heap.NewArray(heap.String, 0));
        heap.Static("Shop.Bytes", heap.NewArray(bytes, 17));

        MarkResult result = heap.Mark(copied: copied);

        // 22 + 2 * 7 = 36 becomes 40, 22 becomes 24; 24 + 17 = 41 becomes 48.
        Assert.Equal(40 + 24, result.BytesOf("System.String"));
        Assert.Equal(48, result.BytesOf("System.Byte[]"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnlyTheReferencesOfATypeWithSeveralSeriesAreFollowed(bool copied)
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        FakeType wide = heap.Class("Shop.Wide", 7, 0, 2, 3, 6);
        ulong number = heap.New(item);
        ulong holder = heap.New(wide, heap.New(item), heap.New(item), heap.New(item), heap.New(item));
        heap.Write(holder + 8 + 8, number);
        heap.Write(holder + 8 + (4 * 8), number);
        heap.Write(holder + 8 + (5 * 8), number);

        Assert.Equal(4, heap.Static("Shop.Wide", holder).Mark(copied: copied).ObjectsOf("Shop.Item"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnlyTheReferencesOfStructsInAnArrayAreFollowed(bool copied)
    {
        // Words of a struct: number, reference, number, two references, number.
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        FakeType structs = heap.ArrayOfStructs("Shop.Entry[]", 6, 1, 3, 4);
        ulong number = heap.New(item);
        ulong array = heap.New(structs, [.. Enumerable.Range(0, 3 * 100).Select(_ => heap.New(item))]);
        for (int word = 0; word < 600; word += 6)
        {
            heap.Write(array + 16 + (ulong)(word * 8), number);
            heap.Write(array + 16 + (ulong)((word + 2) * 8), number);
            heap.Write(array + 16 + (ulong)((word + 5) * 8), number);
        }

        MarkResult result = heap.Static("Shop.Table", array).Mark(copied: copied);

        Assert.Equal(3 * 100, result.ObjectsOf("Shop.Item"));
        Assert.Equal(24 + (100 * 6 * 8), result.BytesOf("Shop.Entry[]"));
    }

    [Fact]
    public void AnArrayOfStructsAtTheEndOfItsSegmentMissesNothing()
    {
        // The pattern of references starts at the sixth word, so that it would end 5 words behind the array.
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        FakeType structs = heap.ArrayOfStructs("Shop.Entry[]", 7, 5);
        heap.Segment(FakeHeap.Start, 2 * 24 + 24 + (2 * 7 * 8));
        ulong[] items = [heap.New(item), heap.New(item)];

        MarkResult result = heap.Static("Shop.Table", heap.New(structs, items)).Mark();

        Assert.Equal(2, result.ObjectsOf("Shop.Item"));
        Assert.Equal(0, result.MissingBytes);
    }

    [Fact]
    public void AnArrayOfNoStructsHoldsNothing()
    {
        var heap = new FakeHeap();
        ulong empty = heap.NewArray(heap.ArrayOfStructs("Shop.Entry[]", 3, 1), 0);
        heap.Static("Shop.Empty", empty).Static("Shop.None", heap.NewArray(heap.ArrayOfReferences("System.Object[]"), 0));
        heap.New(heap.Class("Shop.Neighbour", 1));

        Assert.Equal(2, heap.Mark().Objects());
    }

    [Fact]
    public void ObjectsOfCollectibleTypesKeepTheirClassObjectAlive()
    {
        var heap = new FakeHeap();
        FakeType plugin = heap.Class("Shop.Plugin", 1);
        FakeType allocator = heap.Class("System.Reflection.LoaderAllocator", 2, 1);
        plugin.ClassObject = heap.New(allocator, heap.New(heap.Class("Shop.Scout", 1)));

        MarkResult result = heap.Static("Shop.Plugins", heap.New(plugin)).Mark();

        Assert.Equal(["static Shop.Plugins", "Shop.Plugin", "System.Reflection.LoaderAllocator", "Shop.Scout"], result.PathTo("Shop.Scout"));
    }

    [Fact]
    public void TheValueOfADependentHandleLivesAsLongAsItsKey()
    {
        var heap = new FakeHeap();
        FakeType value = heap.Class("Shop.Value", 1);
        ulong key = heap.New(heap.Class("Shop.Key", 1));
        heap.Depend(key, heap.New(value));
        heap.Depend(key, heap.New(value));
        heap.Depend(heap.New(heap.Class("Shop.DeadKey", 1)), heap.New(heap.Class("Shop.DeadValue", 1)));

        MarkResult result = heap.Static("Shop.Keys", key).Mark();

        Assert.Equal(["static Shop.Keys", "Shop.Key", "Shop.Value"], result.PathTo("Shop.Value"));
        Assert.Equal(3, result.Objects());
    }

    [Fact]
    public void AStringMayBeAKey()
    {
        var heap = new FakeHeap();
        ulong key = heap.NewArray(heap.String, 5);
        heap.Depend(key, heap.New(heap.Class("Shop.Value", 1)));

        Assert.Equal(["static Shop.Name", "System.String", "Shop.Value"], heap.Static("Shop.Name", key).Mark().PathTo("Shop.Value"));
    }

    [Fact]
    public void SeveralMethodTablesOfOneNameAreOneType()
    {
        var heap = new FakeHeap();
        ulong[] twins = [heap.New(heap.Class("Shop.Twin", 1)), heap.New(heap.Class("Shop.Twin", 1))];
        heap.Static("Shop.Pair", heap.New(heap.ArrayOfReferences("System.Object[]"), twins));

        MarkResult result = heap.Mark();

        Assert.Equal(2, Assert.Single(result.Types, type => type.Name == "Shop.Twin").Objects);
        Assert.Equal(2, Assert.Single(result.Retention.Nodes, node => node.Step.Name == "Shop.Twin").Objects);
    }

    [Fact]
    public void ACancelledMarkingEnds()
    {
        var heap = new FakeHeap();
        FakeType link = heap.Class("Shop.Link", 1, 0);
        ulong next = heap.New(link);
        for (int at = 0; at < 1_000; at++)
        {
            next = heap.New(link, next);
        }

        heap.Static("Shop.List", next);
        using var source = new CancellationTokenSource();
        var cancelsAtTheFirstLevel = new Progress(objects =>
        {
            if (objects == 1)
            {
                source.Cancel();
            }
        });

        Assert.Throws<OperationCanceledException>(() => heap.Mark(2, copied: false, cancelsAtTheFirstLevel, source.Token));
        Assert.Throws<OperationCanceledException>(() => heap.Mark(2, copied: true, null, source.Token));
    }

    /// <summary>What one level costs, a word and some objects of our own, a list of 10 million elements costs as often.</summary>
    [Fact]
    public void ALongListIsWalkedWithoutAWordOrAnAllocationForEachElement()
    {
        (long shortWords, long shortBytes) = CostOfList(100_000);
        (long longWords, long longBytes) = CostOfList(300_000);

        Assert.InRange(shortWords, 1, 2);
        Assert.InRange(longWords, 2, 4);
        Assert.InRange(longBytes - shortBytes, long.MinValue, 200_000 * 2);
    }

    private static (long Words, long Bytes) CostOfList(int length)
    {
        var heap = new FakeHeap();
        FakeType link = heap.Class("Shop.Link", 1, 0);
        ulong next = heap.New(link);
        for (int at = 1; at < length; at++)
        {
            next = heap.New(link, next);
        }

        heap.Static("Shop.List", next);
        long words = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        MarkResult result = heap.Mark(1, copied: true, new Progress(_ => words++), TestContext.Current.CancellationToken);
        Assert.Equal(length, result.Types.Sum(type => type.Objects));
        return (words, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed class Progress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
