using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class CgroupMembershipTests
{
    [Fact]
    public void UnifiedHierarchyIsTheLineWithoutControllers() =>
        Assert.Equal(new CgroupMembership(IsVersion1: false, "/system.slice/shop.service"), Parse("0::/system.slice/shop.service\n"));

    [Theory]
    [InlineData("5:cpu:/c\n4:memory:/m\n0::/u\n")]
    [InlineData("0::/u\n4:hugetlb,memory:/m\n")]
    public void Version1LineOfTheMemoryControllerWinsOnAHybridSystem(string text) =>
        Assert.Equal(new CgroupMembership(IsVersion1: true, "/m"), Parse(text));

    [Fact]
    public void NameThatOnlyContainsMemoryIsNotTheController() =>
        Assert.Equal(new CgroupMembership(IsVersion1: false, "/u"), Parse("3:name=memory:/x\n2:memoryless:/y\n0::/u\n"));

    [Theory]
    [InlineData("")]
    [InlineData("5:cpu:/c\n1:name=systemd:/s\n")]
    public void SystemWithoutMemoryAccountingHasNoMembership(string text) => Assert.Null(Parse(text));

    [Fact]
    public void PathMayContainColons() => Assert.Equal("/a:b:c", Parse("0::/a:b:c\n")!.Path);

    [Fact]
    public void AncestryClimbsToTheRoot() => Assert.Equal(["a/b/c", "a/b", "a", ""], Parse("0::/a/b/c\n")!.Ancestry());

    [Theory]
    [InlineData("/../neighbour")]
    [InlineData("/..")]
    [InlineData("/a/../../../etc")]
    public void PathWithDotsNeverLeavesTheMount(string path)
    {
        CgroupMembership group = Parse($"0::{path}\n")!;

        Assert.True(group.IsOutsideNamespace);
        Assert.Equal([""], group.Ancestry());
    }

    [Fact]
    public void NameThatBeginsWithDotsIsAName() => Assert.Equal(["..a", ""], Parse("0::/..a\n")!.Ancestry());

    [Fact]
    public void DepthIsBounded() =>
        Assert.Equal(Limits.CgroupDepth + 1, Parse("0::" + string.Concat(Enumerable.Repeat("/a", 100_000)))!.Ancestry().Count());

    [Theory]
    [InlineData("0::/fine\nnonsense\n")]
    [InlineData("0::/fine\n4:memory\n")]
    [InlineData("0::/fine\n4:memory:\n")]
    [InlineData("0::/fine\n4:memory:relative\n")]
    public void MalformedLineIsNamed(string text) => Assert.Equal(
        "/proc/42/cgroup, line 2: expected hierarchy:controllers:/path",
        Assert.Throws<InvalidDataException>(() => Parse(text)).Message);

    private static CgroupMembership? Parse(string text) => CgroupMembership.Parse(text, "/proc/42/cgroup");
}
