using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class CgroupMemoryTests
{
    [Theory]
    [InlineData("max\n")]
    [InlineData("9223372036854771712\n")] // Pages of 4 KB.
    [InlineData("9223372036854710272\n")] // Pages of 64 KB.
    [InlineData("9223372036854775807\n")]
    [InlineData("18446744073709551615\n")]
    public void ValuesThatMeanNoLimitAreNoLimit(string text) => Assert.Null(CgroupMemory.ParseBytes(text, "f"));

    [Theory]
    [InlineData("0\n", 0)]
    [InlineData("536870912\n", 536870912)]
    public void ValuesThatAreLimitsAreBytes(string text, long bytes) => Assert.Equal(bytes, CgroupMemory.ParseBytes(text, "f"));

    [Theory]
    [InlineData("")]
    [InlineData("1G")]
    [InlineData("-1")]
    [InlineData("maximum")]
    [InlineData("99999999999999999999999")]
    public void OtherValuesAreMalformed(string text) => Assert.Equal(
        "memory.max, line 1: expected a number of bytes or max",
        Assert.Throws<InvalidDataException>(() => CgroupMemory.ParseBytes(text, "memory.max")).Message);

    [Fact]
    public void TightestLimitOfAllAncestorsCounts() =>
        Assert.Equal(new CgroupMemory(500, 100, 400), CgroupMemory.Combine([new(800, 90), new(500, 100), new(null, 2000)]));

    [Fact]
    public void AncestorThatFillsUpFirstSetsTheHeadroom()
    {
        // The container may take 500 - 100 = 400 more, but its pod only 600 - 550 = 50.
        Assert.Equal(new CgroupMemory(500, 100, 50), CgroupMemory.Combine([new(500, 100), new(600, 550)]));
    }

    [Fact]
    public void WithoutLimitThereIsNoHeadroomAndTheOwnUseIsTold() =>
        Assert.Equal(new CgroupMemory(null, 90, null), CgroupMemory.Combine([new(null, 90), new(null, 2000)]));

    [Fact]
    public void GroupAboveItsLimitHasNoHeadroomLeft() =>
        Assert.Equal(new CgroupMemory(100, 130, 0), CgroupMemory.Combine([new(100, 130)]));

    [Fact]
    public void NoLevelsAreNoMemory() => Assert.Null(CgroupMemory.Combine([]));
}
