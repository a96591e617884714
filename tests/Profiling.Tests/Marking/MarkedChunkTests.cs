using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>A heap is marked in chunks of 1 MB, which its objects and segments know nothing of.</summary>
public sealed class MarkedChunkTests
{
    private const ulong ChunkBytes = FakeHeap.ChunkBytes;

    [Theory]
    [InlineData(8, false)]
    [InlineData(8, true)]
    [InlineData(16, false)]
    [InlineData(16, true)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    public void AnObjectMayCrossTheBorderOfAChunk(int bytesBefore, bool copied)
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        ulong[] items = [.. Enumerable.Range(0, 50).Select(_ => heap.New(item))];
        heap.SkipTo(FakeHeap.Start + ChunkBytes - (ulong)bytesBefore);
        heap.Static("Shop.Across", heap.New(heap.ArrayOfReferences("System.Object[]"), items));

        MarkResult result = heap.Mark(copied: copied);

        Assert.Equal(50, result.ObjectsOf("Shop.Item"));
        Assert.Equal(24 + (50 * 8), result.BytesOf("System.Object[]"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void ALargeArrayOfReferencesIsSharedOut(int threads, bool copied)
    {
        // 2.3 MB, more than two slices of 1 MB; every fifth element is null.
        const int Elements = 300_001;
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        ulong array = heap.NewArray(heap.ArrayOfReferences("System.Object[]"), Elements);
        for (int at = 0; at < Elements; at++)
        {
            heap.Link(array, at, at % 5 == 0 ? 0 : heap.New(item));
        }

        MarkResult result = heap.Static("Shop.Table", array).Mark(threads, copied);

        Assert.Equal(Elements - 60_001, result.ObjectsOf("Shop.Item"));
        Assert.Equal(["static Shop.Table", "System.Object[]", "Shop.Item"], result.PathTo("Shop.Item"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void ALargeArrayOfStructsIsCutBetweenItsElements(int threads, bool copied)
    {
        // 70,000 structs of 5 words are 2.7 MB; neither 1 MB nor what is read at once is a multiple of 40 bytes.
        const int Elements = 70_000;
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        ulong number = heap.New(heap.Class("Shop.Number", 1));
        ulong array = heap.NewArray(heap.ArrayOfStructs("Shop.Entry[]", 5, 1, 4), Elements);
        for (int at = 0; at < Elements; at++)
        {
            heap.Link(array, 2 * at, heap.New(item));
            heap.Link(array, (2 * at) + 1, heap.New(item));
            heap.Write(array + 16 + (ulong)(at * 40), number);
            heap.Write(array + 16 + (ulong)(at * 40) + 16, number);
        }

        MarkResult result = heap.Static("Shop.Table", array).Mark(threads, copied);

        Assert.Equal(2 * Elements, result.ObjectsOf("Shop.Item"));
        Assert.Equal(0, result.ObjectsOf("Shop.Number"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnObjectMayBeLongerThanAChunk(bool copied)
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        ulong bytes = heap.NewArray(heap.ArrayOfNumbers("System.Byte[]", 1), 3_000_000);
        FakeType large = heap.Class("Shop.Large", 200_000, 0, 140_000, 199_999);
        heap.Static("Shop.Bytes", bytes).Static("Shop.Large", heap.New(large, heap.New(item), heap.New(item), heap.New(item)));

        MarkResult result = heap.Mark(copied: copied);

        Assert.Equal(24 + 3_000_000, result.BytesOf("System.Byte[]"));
        Assert.Equal(16 + (200_000 * 8), result.BytesOf("Shop.Large"));
        Assert.Equal(3, result.ObjectsOf("Shop.Item"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SegmentsMayLieFarApart(bool copied)
    {
        ulong[] starts = [0x1_0000, 0x1000_0000_0000, 0x1000_FFFF_0000, 0x7f00_0000_0000, 0x7fff_fff0_0000];
        var heap = new FakeHeap();
        FakeType link = heap.Class("Shop.Link", 2, 1);
        ulong next = 0;
        foreach (ulong start in starts)
        {
            next = heap.Segment(start, 0x8_0000).New(link, next);
            next = heap.New(link, next);
        }

        Assert.Equal(2 * starts.Length, heap.Static("Shop.List", next).Mark(copied: copied).ObjectsOf("Shop.Link"));
    }

    [Fact]
    public void ALargeHeapHasLargerChunks()
    {
        // 4 segments of 10 GB; 40 GB / 4096 = 10 MB, so that a chunk has 16 MB. Almost all of it is zero.
        var heap = new FakeHeap();
        FakeType link = heap.Class("Shop.Link", 2, 1);
        ulong next = 0;
        for (ulong at = 0; at < 4; at++)
        {
            heap.Segment(FakeHeap.Start + (at * (20UL << 30)), 10UL << 30);
            next = heap.New(link, next);
            next = heap.SkipTo(FakeHeap.Start + (at * (20UL << 30)) + (17 << 20)).New(link, next);
        }

        using var map = new HeapMap(heap.Ranges);

        Assert.Equal(16 << 20, map.ChunkBytes);
        Assert.Equal(8, heap.Static("Shop.List", next).Mark(threads: 2).ObjectsOf("Shop.Link"));
    }

    [Fact]
    public void FewObjectsOfALargeHeapTakeFewReads()
    {
        // 60 MB, of which two objects are needed: their method tables, and one block for each.
        var heap = new FakeHeap();
        FakeType link = heap.Class("Shop.Link", 1, 0);
        ulong first = heap.New(link);
        ulong second = heap.SkipTo(FakeHeap.Start + (50 * ChunkBytes)).New(link, first);

        heap.Static("Shop.List", second).Mark();

        Assert.InRange(heap.Reads, 1, 12);
    }

    [Fact]
    public void ALeafInTheChunkOfItsHolderIsReadWithItAndNotOnceMore() => Assert.Equal(ReadsOfTwoChunks(hasNames: false), ReadsOfTwoChunks(hasNames: true));

    /// <summary>Two chunks of items, visited one after the other, and the names that they may have beside them.</summary>
    private static int ReadsOfTwoChunks(bool hasNames)
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1, 0);
        List<ulong> items = [];
        for (ulong chunk = 0; chunk < 2; chunk++)
        {
            heap.Segment(FakeHeap.Start + (chunk * ChunkBytes), ChunkBytes);
            for (int i = 0; i < 1_000; i++)
            {
                ulong name = heap.NewArray(heap.String, 8);
                items.Add(heap.New(item, hasNames ? name : 0));
            }
        }

        // The type of a name is looked at in both cases.
        heap.Static("Shop.Name", heap.NewArray(heap.String, 8)).Static("Shop.Items", heap.New(heap.ArrayOfReferences("Shop.Item[]"), [.. items]));
        Assert.Equal(hasNames ? 2_001 : 1, heap.Mark().ObjectsOf("System.String"));
        return heap.Reads;
    }
}
