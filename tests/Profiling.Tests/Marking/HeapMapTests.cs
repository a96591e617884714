using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

public sealed class HeapMapTests
{
    private const ulong Start = FakeHeap.Start;

    [Fact]
    public void AnAddressHasTheChunkItLiesInAndTheEndOfItsSegment()
    {
        using var map = new HeapMap([new HeapRange(Start + 0x10_0000, Start + 0x28_0000), new HeapRange(Start, Start + 0x1000)]);

        Assert.Equal(3, map.Count);
        Assert.Equal([0, 1, 2, -1], new[] { Start, Start + 0x1F_FFF8, Start + 0x20_0000, Start + 0x30_0000 }.Select(map.Find));
        Assert.Equal(
            [Start + 0x1000, Start + 0x28_0000, Start + 0x28_0000, 0, 0],
            new[] { Start + 0xFFF, Start + 0x10_0000, Start + 0x27_FFFF, Start + 0x1000, Start + 0x28_0000 }.Select(map.EndOfRange));
    }

    [Fact]
    public void RunsOfChunksEndAtAGap()
    {
        using var map = new HeapMap([new HeapRange(Start, Start + 0x20_0000), new HeapRange(Start + 0x20_0000, Start + 0x20_0008), new HeapRange(Start + 0x50_0000, Start + 0x50_0008)]);

        Assert.Equal([(0, 3), (3, 1)], map.Runs());
    }
}
