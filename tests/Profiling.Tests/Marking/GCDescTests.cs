using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

public sealed class GCDescTests
{
    private const uint HasComponentSize = 0x80000000;
    private const uint ContainsPointers = 0x01000000;

    [Fact]
    public void SizesAndRunsOfReferencesAreRead()
    {
        var heap = new FakeHeap();
        GCDesc desc = Read(heap, heap.Class("Shop.Wide", 7, 0, 2, 3, 6));

        Assert.Equal((16 + (7 * 8), 0), ((int)desc.BaseBytes, (int)desc.ComponentBytes));
        Assert.Equal([(8, 8), (24, 16), (56, 8)], desc.AllSeries.Select(run => (run.Offset, run.BytesLessObject + 72)));
        Assert.False(desc.IsEmpty);
    }

    [Fact]
    public void ThePatternOfAStructIsRead()
    {
        // Words of a struct: number, reference, number, two references, number; from the first reference to the next struct's.
        var heap = new FakeHeap();
        GCDesc desc = Read(heap, heap.ArrayOfStructs("Shop.Entry[]", 6, 1, 3, 4));

        Assert.Equal((24u, 48u, 16 + 8), (desc.BaseBytes, desc.ComponentBytes, desc.RepeatsFrom));
        Assert.Equal([new GCDesc.Repeat(1, 8), new GCDesc.Repeat(2, 16)], desc.Repeats);
    }

    [Fact]
    public void StringsAndNumbersHaveNoReferences()
    {
        var heap = new FakeHeap();

        Assert.True(Read(heap, heap.String).IsEmpty);
        Assert.True(Read(heap, heap.ArrayOfNumbers("System.Int32[]", 4)).IsEmpty);
    }

    [Fact]
    public void ThereIsNoMethodTableOutsideOfMemoryOrAtAnOddAddress()
    {
        var heap = new FakeHeap();

        ulong[] places = [0, 8, heap.String.MethodTable + 4, 0x1234_5678, ulong.MaxValue, ulong.MaxValue - 7];
        Assert.All(places, address => Assert.Null(GCDesc.TryRead(heap, address)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(21)]
    [InlineData(Limits.ObjectBaseBytes + 1)]
    [InlineData(uint.MaxValue)]
    public void AnObjectHasASizeThatIsPossible(uint baseBytes)
    {
        var heap = new FakeHeap();
        ulong methodTable = heap.Class("Shop.Item", 1).MethodTable;
        heap.Write(methodTable, (ulong)baseBytes << 32);

        Assert.Null(GCDesc.TryRead(heap, methodTable));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-8)]
    [InlineData(Limits.ObjectBaseBytes + 1)]
    [InlineData(long.MinValue)]
    public void ARunOfReferencesLiesBehindTheMethodTable(long offset)
    {
        var heap = new FakeHeap();
        ulong fields = heap.Class("Shop.Item", 1, 0).MethodTable;
        ulong structs = heap.ArrayOfStructs("Shop.Entry[]", 3, 1).MethodTable;
        heap.Write(fields - 16, (ulong)offset);
        heap.Write(structs - 16, (ulong)offset);

        Assert.Null(GCDesc.TryRead(heap, fields));
        Assert.Null(GCDesc.TryRead(heap, structs));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 8)]
    [InlineData(1, 24)]
    [InlineData(-1, 32)]
    [InlineData(4, -8)]
    [InlineData(0x4000_0000, 16)]
    public void ThePatternOfAStructIsAsLongAsTheStruct(int references, int skipped)
    {
        // Three words of a struct are 24 bytes, one reference and 16 bytes to skip.
        var heap = new FakeHeap();
        ulong methodTable = heap.ArrayOfStructs("Shop.Entry[]", 3, 1).MethodTable;
        heap.Write(methodTable - 24, ((ulong)(uint)skipped << 32) | (uint)references);

        Assert.Null(GCDesc.TryRead(heap, methodTable));
    }

    [Fact]
    public void APatternWithoutElementsIsNone()
    {
        var heap = new FakeHeap();
        ulong methodTable = heap.ArrayOfStructs("Shop.Entry[]", 3, 1).MethodTable;
        heap.Write(methodTable, (24UL << 32) | ContainsPointers);
        Assert.Null(GCDesc.TryRead(heap, methodTable));

        heap.Write(methodTable, (24UL << 32) | ContainsPointers | HasComponentSize);
        Assert.Null(GCDesc.TryRead(heap, methodTable));
    }

    [Fact]
    public void AMapThatBeginsWhereNothingIsMappedIsNone()
    {
        // The first 16 bytes of a page, and not a byte before.
        var heap = new FakeHeap();
        heap.Segment(FakeHeap.Start, 0x1000).NewArray(heap.String, 1);
        heap.Write(FakeHeap.Start, (24UL << 32) | ContainsPointers);

        Assert.Null(GCDesc.TryRead(heap, FakeHeap.Start));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Limits.GCDescSeries + 1)]
    [InlineData(-Limits.GCDescSeries - 1)]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(long.MinValue + 1)]
    public void AMapHasANumberOfRunsThatIsPossible(long count)
    {
        var heap = new FakeHeap();
        ulong methodTable = heap.Class("Shop.Item", 1, 0).MethodTable;
        heap.Write(methodTable - 8, (ulong)count);

        Assert.Null(GCDesc.TryRead(heap, methodTable));
    }

    [Fact]
    public void ReferencesOfStructsStayInTheArray()
    {
        // The first reference of a struct of 3 words lies at 16, 24 or 32 of the array: at 40 the last one's would lie behind the last struct.
        var heap = new FakeHeap();
        ulong methodTable = heap.ArrayOfStructs("Shop.Entry[]", 3, 2).MethodTable;
        Assert.Equal(32, GCDesc.TryRead(heap, methodTable)!.RepeatsFrom);

        heap.Write(methodTable - 16, 40);
        Assert.Null(GCDesc.TryRead(heap, methodTable));
    }

    private static GCDesc Read(FakeHeap heap, FakeType type) => Assert.IsType<GCDesc>(GCDesc.TryRead(heap, type.MethodTable));
}
