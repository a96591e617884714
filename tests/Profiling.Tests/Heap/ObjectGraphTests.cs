using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Tests.Heap;

public sealed class ObjectGraphTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void EveryAddressIsFoundWhateverTheOrderOfTheWalk(int seed)
    {
        // Regions of 4 pages in random order, some of them visited in two parts.
        var random = new Random(seed);
        ulong[] addresses = [.. Enumerable.Range(0, 20_000).Select(at => 0x1000UL + ((ulong)at * 24))];
        ulong[] walked = [.. addresses.Chunk(683).OrderBy(_ => random.Next()).SelectMany(region => region)];
        var graph = new ObjectGraph();
        foreach (ulong address in walked)
        {
            graph.AddObject(address, 24, type: 0, references: 0);
        }

        Assert.All(Enumerable.Range(0, walked.Length), node => Assert.Equal(node, graph.Find(walked[node])));
    }

    [Fact]
    public void AnAddressBetweenObjectsIsNotFound()
    {
        var graph = new ObjectGraph();
        graph.AddObject(0x1000, 24, 0, 0);
        graph.AddObject(0x1018, 24, 0, 0);

        Assert.All(new ulong[] { 0x0FF8, 0x1008, 0x1030, 0x9000 }, address => Assert.Equal(-1, graph.Find(address)));
    }

    [Fact]
    public void SizesAreRoundedUpAsTheHeapDoes()
    {
        var graph = new ObjectGraph();
        graph.AddObject(0x1000, 22 + (2 * 7), 0, 0);

        Assert.Equal(40, graph.BytesOf(0));
    }

    [Fact]
    public void AMissingReferenceIsNoticed()
    {
        var graph = new ObjectGraph();
        graph.AddObject(0x1000, 24, 0, references: 2);
        graph.AddReference(0x1000);

        Assert.False(graph.HasAllReferences);
        graph.AddReference(0x1000);
        Assert.True(graph.HasAllReferences);
    }
}
