using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>
/// Heaps that no runtime leaves behind, but a worker with a stray pointer or ill will may. The marker passes over what makes no sense; a read
/// outside of its buffers would end the test run.
/// </summary>
public sealed class HostileHeapTests
{
    private const uint HasComponentSize = 0x80000000;
    private const uint ContainsPointers = 0x01000000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void InvalidReferencesAreCountedAndNotFollowed(bool copied)
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        heap.Segment(FakeHeap.Start + (8 * FakeHeap.ChunkBytes), 0x1000);
        ulong valid = heap.New(item);
        ulong end = FakeHeap.Start + (8 * FakeHeap.ChunkBytes) + 0x1000;
        ulong[] nowhere = [1, 8, valid + 4, FakeHeap.Start - 8, end, 1UL << 47, 0xffff_8000_0000_0000, ulong.MaxValue - 7];
        heap.Segment(FakeHeap.Start, 0x1000);
        ulong empty = FakeHeap.Start + 0x800;
        ulong holder = heap.New(heap.ArrayOfReferences("System.Object[]"), [valid, empty, empty, valid + 8, .. nowhere]);

        MarkResult result = heap.Static("Shop.Holder", holder).Mark(copied: copied);

        // Two places without an object, one of them twice.
        Assert.Equal((2, nowhere.Length, 2), (result.Objects(), result.InvalidReferences, result.InvalidObjects));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x10)]
    [InlineData(0x6000_0000_0008)]
    [InlineData(0xdead_beef_dead_beef)]
    public void AnObjectWithoutAMethodTableIsNone(ulong methodTable)
    {
        FakeHeap heap = OneItem(out _, out ulong item);
        heap.Write(item, methodTable);

        MarkResult result = heap.Mark();

        Assert.Equal((1, 1), (result.Objects(), result.InvalidObjects));
    }

    [Fact]
    public void TheLowestBitsOfAMethodTableAreTheCollectorsOwn()
    {
        FakeHeap heap = OneItem(out FakeType type, out ulong item);
        heap.Write(item, type.MethodTable | 3);

        Assert.Equal(1, heap.Mark().ObjectsOf("Shop.Item"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnObjectThatIsLongerThanItsSegmentIsNone(bool copied)
    {
        foreach (uint elements in (uint[])[uint.MaxValue, int.MaxValue, 0x1000_0000, 1 << 20])
        {
            var heap = new FakeHeap();
            FakeType references = heap.ArrayOfReferences("System.Object[]");
            FakeType structs = heap.ArrayOfStructs("Shop.Entry[]", 8191, 3);
            foreach (FakeType type in (FakeType[])[references, structs, heap.ArrayOfNumbers("System.Byte[]", 1), heap.String])
            {
                ulong array = heap.Segment(FakeHeap.Start + ((ulong)type.ComponentBytes << 30), FakeHeap.ChunkBytes).New(type);
                heap.Write(array + 8, elements);
                heap.Static(type.Name, array);
            }

            Assert.Equal((0, 4), (heap.Mark(copied: copied).Objects(), heap.Mark(copied: copied).InvalidRoots));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ElementsOfOddSizesAreReadToTheirEnd(bool copied)
    {
        // 13 bytes: one reference and 5 bytes to skip.
        var heap = new FakeHeap();
        FakeType type = heap.ArrayOfStructs("Shop.Odd[]", 2, 0);
        heap.Segment(FakeHeap.Start, 4 << 20);
        ulong array = heap.NewArray(type, 160_000);
        heap.Write(type.MethodTable, (24UL << 32) | HasComponentSize | ContainsPointers | 13);
        heap.Write(type.MethodTable - 24, (5UL << 32) | 1);
        heap.Write(array + 16 + (13 * 159_999), heap.New(heap.Class("Shop.Item", 1)));

        Assert.Equal(1, heap.Static("Shop.Odd", array).Mark(threads: 2, copied).ObjectsOf("Shop.Item"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void AHeapWithScratchesIsMarkedToItsEnd(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 25; round++)
        {
            FakeHeap heap = new RandomHeap(random.Next(), 3_000).Heap;
            heap.BelievesEveryMethodTable = round % 2 == 0;
            for (int scratch = 0; scratch < 1 << random.Next(14); scratch++)
            {
                heap.Scratch(random);
            }

            MarkResult result = heap.Mark(1 + (round % 4), copied: round % 3 == 0);

            Assert.Equal(result.Objects(), result.Retention.Nodes.Sum(node => node.Objects));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StructsThatClaimToLieBehindTheirArrayAreNotRead(bool copied)
    {
        // 64 MB behind the array, where no chunk is.
        var heap = new FakeHeap();
        FakeType type = heap.ArrayOfStructs("Shop.Entry[]", 3, 1);
        heap.Segment(FakeHeap.Start, 0x10_0000);
        heap.Static("Shop.Small", heap.NewArray(type, 10)).Static("Shop.Large", heap.NewArray(type, 30_000));
        heap.Write(type.MethodTable - 16, 64 << 20);

        Assert.Equal(2, heap.Mark(copied: copied).InvalidRoots);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 40)]
    [InlineData(1L << 32)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void RunsOfReferencesEndWithTheirObject(long bytesLessObject)
    {
        foreach (string name in (string[])["Shop.Item", "System.Threading.TimerQueueTimer", "System.Threading.TimerQueue"])
        {
            foreach (bool copied in (bool[])[false, true])
            {
                var heap = new FakeHeap();
                FakeType type = heap.Class(name, 3, 1);
                heap.Segment(FakeHeap.Start, 0x1000);
                ulong item = heap.New(type, heap.New(heap.String));
                ulong stray = heap.New(heap.Class("Shop.Stray", 1));
                heap.New(heap.ArrayOfReferences("System.Object[]"), stray, stray);
                heap.Write(type.MethodTable - 24, (ulong)bytesLessObject);

                Assert.Equal(0, heap.Static("Shop.Root", item).Mark(copied: copied).ObjectsOf("Shop.Stray"));
            }
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    public void TheLastBytesOfASegmentHaveRoomForTheSmallestObjectOnly(int bytes)
    {
        foreach (bool copied in (bool[])[false, true])
        {
            var heap = new FakeHeap();
            FakeType item = heap.Class("Shop.Item", 1);
            ulong end = FakeHeap.Start + FakeHeap.ChunkBytes;
            heap.Segment(FakeHeap.Start, FakeHeap.ChunkBytes).SkipTo(end);
            heap.Write(end - (ulong)bytes, item.MethodTable);

            Assert.Equal(bytes == 24 ? 1 : 0, heap.Static("Shop.Last", end - (ulong)bytes).Mark(copied: copied).Objects());
        }
    }

    [Fact]
    public void ObjectsThatLieInEachOtherCostNoMoreThanTheHeap()
    {
        // 20,000 arrays, each of them as long as the rest of 16 MB, would be 300 GB of references.
        var heap = new FakeHeap();
        FakeType type = heap.ArrayOfReferences("System.Object[]");
        heap.Segment(FakeHeap.Start, 16 << 20);
        ulong[] inside = [.. Enumerable.Range(0, 20_000).Select(_ => heap.NewArray(type, 0))];
        foreach (ulong array in inside)
        {
            heap.Write(array + 8, (FakeHeap.Start + (16 << 20) - array - 24) / 8);
        }

        heap.Segment(FakeHeap.Start + (1UL << 32), 1 << 20).Static("Shop.All", heap.New(type, inside));
        MarkResult result = heap.Mark();

        Assert.InRange(result.Types.Sum(usage => usage.Bytes), 1, 2 * (17 << 20));
        Assert.InRange(result.InvalidObjects, 19_000, 20_000);
    }

    private static FakeHeap OneItem(out FakeType type, out ulong item)
    {
        var heap = new FakeHeap();
        type = heap.Class("Shop.Item", 1);
        item = heap.New(type);
        return heap.Static("Shop.Holder", heap.New(heap.Class("Shop.Holder", 1, 0), item));
    }
}
