using CsCheck;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>The result follows from the heap alone.</summary>
public sealed class MarkerDeterminismTests
{
    [Fact]
    public void AnySmallHeapGivesTheTreeThatTheRulesAskFor() => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 400]).Sample((seed, objects) =>
    {
        var random = new RandomHeap(seed, objects);
        return random.Heap.Mark(1 + (seed % 3), copied: seed % 2 == 0).Retention.Nodes.SequenceEqual(random.Expected().Nodes);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ALargeHeapGivesTheSameHoweverItIsMarked(int seed)
    {
        var random = new RandomHeap(seed, 200_000);
        MarkResult expected = random.Heap.Mark(threads: 1);

        Assert.Equal(random.Expected().Nodes, expected.Retention.Nodes);
        Assert.InRange(expected.Objects(), 100_000, 200_000);
        foreach (int threads in (int[])[1, 2, 4, 8])
        {
            MarkClaims.AssertSame(expected, random.Heap.Mark(threads, copied: false));
            MarkClaims.AssertSame(expected, random.Heap.Mark(threads, copied: true));
        }
    }
}
