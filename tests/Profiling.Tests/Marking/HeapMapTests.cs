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
        HeapRange[] ranges = [new(Start, Start + 0x20_0000), new(Start + 0x20_0000, Start + 0x20_0008), new(Start + 0x50_0000, Start + 0x50_0008)];
        using var map = new HeapMap(ranges);

        Assert.Equal([(0, 3), (3, 1)], map.Runs());
    }

    [Fact]
    public void WhatIsNoRangeOfUserSpaceIsLeftOut()
    {
        HeapRange[] ranges =
        [
            new HeapRange(Start, Start), new HeapRange(Start + 8, Start), new HeapRange(ulong.MaxValue - 7, 8), new HeapRange(1UL << 46, 1UL << 47),
            new HeapRange(0xffff_8000_0000_0000, 0xffff_8000_0000_1000), new HeapRange(0, ulong.MaxValue),
        ];
        using var map = new HeapMap(ranges);

        Assert.Equal((0, 0L), (map.Count, map.HeapBytes));
        Assert.All([0UL, Start, ulong.MaxValue, 1UL << 47, (1UL << 47) - 8], address => Assert.Equal((-1, 0UL), (map.Find(address), map.EndOfRange(address))));
    }

    [Fact]
    public void RangesThatOverlapAreCountedOnce()
    {
        HeapRange[] ranges = [new(Start, Start + 0x3000), new(Start + 0x1000, Start + 0x2000), new(Start + 0x2000, Start + 0x5000)];
        using var map = new HeapMap(ranges);

        Assert.Equal(0x5000, map.HeapBytes);
        Assert.All([0x0UL, 0x2800UL, 0x4FF8UL], offset => Assert.NotEqual(0UL, map.EndOfRange(Start + offset)));
    }

    [Fact]
    public void AHeapThatNoMachineHasIsRefused() =>
        Assert.Throws<InvalidDataException>(() => new HeapMap([new HeapRange(0x1000, 1UL << 46)]).Dispose());
}
