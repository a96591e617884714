using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Profiling.Tests.Stacks;

public sealed class ILOffsetMapTests
{
    // Prolog, IL 0 to 5, code without IL, IL 12, epilog; as unsorted as the runtime sends them.
    private static readonly ILOffsetMap Map = ILOffsetMap.Of([(40, 12), (0, -2), (8, 0), (20, 5), (30, -1), (60, -3)]);

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, 0)]
    [InlineData(8, 0)]
    [InlineData(19, 0)]
    [InlineData(20, 5)]
    [InlineData(35, 5)]
    [InlineData(40, 12)]
    [InlineData(1_000, 12)]
    public void TheOffsetIsThatOfThePieceBeforeIt(int native, int? expected) => Assert.Equal(expected, Map.Find(native));

    [Fact]
    public void OfSeveralPiecesAtOnePlaceTheLastCounts() => Assert.Equal(6, ILOffsetMap.Of([(0, 0), (4, 6), (4, 2), (9, 8)]).Find(4));

    [Fact]
    public void WithoutPiecesNothingIsKnown() => Assert.Null(ILOffsetMap.Of([]).Find(3));
}
