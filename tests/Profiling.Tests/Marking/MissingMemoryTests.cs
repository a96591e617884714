using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>Memory that is not there: between two segments of a chunk, where it is no loss, and in a segment, where it is.</summary>
public sealed class MissingMemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TwoSegmentsMayLieInOneChunkWithNothingBetweenThem(bool copied)
    {
        // Half a page is not there between them, then a whole one; more than 32 objects, so that the chunk is read whole.
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        ulong[] items = new ulong[300];
        for (int at = 0; at < items.Length; at++)
        {
            if (at % 100 == 0)
            {
                heap.Segment(FakeHeap.Start + (ulong)(at / 100 * 0x4000), 0x2800);
            }

            items[at] = heap.New(item);
        }

        MarkResult result = heap.Static("Shop.Items", heap.New(heap.ArrayOfReferences("System.Object[]"), items)).Mark(copied: copied);

        Assert.Equal(300, result.ObjectsOf("Shop.Item"));
        Assert.Equal((0, 0), (result.InvalidObjects, result.MissingBytes));
    }

    [Fact]
    public void NoObjectReachesFromOneSegmentIntoTheNext()
    {
        var heap = new FakeHeap();
        FakeType bytes = heap.ArrayOfNumbers("System.Byte[]", 1);
        heap.Segment(FakeHeap.Start, 0x1000);
        ulong array = heap.NewArray(bytes, 100);
        heap.Write(array + 8, 0x1800);
        heap.Segment(FakeHeap.Start + 0x2000, 0x1000);
        ulong holder = heap.New(heap.Class("Shop.Holder", 1, 0), array);

        MarkResult result = heap.Static("Shop.Holder", holder).Mark();

        Assert.Equal((1, 0), (result.InvalidObjects, result.ObjectsOf("System.Byte[]")));
    }

    [Fact]
    public void WhatLiesBetweenTwoSegmentsIsNoObject()
    {
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        heap.Segment(FakeHeap.Start, 0x1000).New(item);
        ulong holder = heap.Segment(FakeHeap.Start + 0x2000, 0x1000).New(heap.Class("Shop.Holder", 1, 0), FakeHeap.Start + 0x1800);

        MarkResult result = heap.Static("Shop.Holder", holder).Mark();

        Assert.Equal((1, 1), (result.Objects(), result.InvalidObjects));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void AMissingPageLosesItsOwnObjectsAndNoOthers(int threads, bool copied)
    {
        // Items of 32 bytes from the second page on, 128 a page, 300 of them; the third page is lost. 1,000 levels read the chunk again.
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 2);
        FakeType link = heap.Class("Shop.Link", 1, 0);
        heap.New(item);
        heap.SkipTo(FakeHeap.Start + FakeHeap.PageBytes);
        ulong[] items = [.. Enumerable.Range(0, 300).Select(_ => heap.New(item))];
        heap.SkipTo(FakeHeap.Start + (4 * FakeHeap.PageBytes));
        ulong array = heap.New(heap.ArrayOfReferences("System.Object[]"), items);
        ulong next = 0;
        for (int at = 0; at < 1_000; at++)
        {
            next = heap.New(link, next);
        }

        heap.LosePage(FakeHeap.Start + (2 * FakeHeap.PageBytes));
        MarkResult result = heap.Static("Shop.Items", array).Static("Shop.List", next).Mark(threads, copied);

        Assert.Equal(300 - 128, result.ObjectsOf("Shop.Item"));
        Assert.Equal(1_000, result.ObjectsOf("Shop.Link"));
        Assert.Equal(128, result.InvalidObjects);
        Assert.Equal(4096, result.MissingBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APageOfALargeArrayMayBeMissing(bool copied)
    {
        // 150,000 elements are 1.2 MB, shared out; a page holds 512 of them.
        var heap = new FakeHeap();
        FakeType item = heap.Class("Shop.Item", 1);
        ulong array = heap.NewArray(heap.ArrayOfReferences("System.Object[]"), 150_000);
        for (int at = 0; at < 150_000; at++)
        {
            heap.Link(array, at, heap.New(item));
        }

        heap.LosePage(FakeHeap.Start + 0x8_0000);
        MarkResult result = heap.Static("Shop.Table", array).Mark(threads: 2, copied);

        Assert.Equal((150_000 - 512, 4096), (result.ObjectsOf("Shop.Item"), result.MissingBytes));
    }

    [Fact]
    public void ASegmentThatIsNotThereAtAllIsMissedOnce()
    {
        var heap = new FakeHeap();
        heap.Segment(FakeHeap.Start, 0x3000);
        ulong[] items = [.. Enumerable.Range(0, 64).Select(_ => heap.New(heap.Class("Shop.Item", 1)))];
        heap.Segment(FakeHeap.Start + (2 * FakeHeap.ChunkBytes), 0x1_0000);
        ulong holder = heap.New(heap.ArrayOfReferences("System.Object[]"), items);
        for (ulong page = 0; page < 3; page++)
        {
            heap.LosePage(FakeHeap.Start + (page * FakeHeap.PageBytes));
        }

        MarkResult result = heap.Static("Shop.Items", holder).Mark();

        Assert.Equal((64, 3 * 4096, 1), (result.InvalidObjects, result.MissingBytes, result.Objects()));
    }
}
