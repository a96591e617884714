using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

/// <summary>From the files to the limit, as <see cref="ProcFileSystem.TryReadMemory"/> finds them.</summary>
public sealed class CgroupFileSystemTests : IDisposable
{
    private readonly FixtureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Version2LimitsAreReadFromTheGroupUpToTheRoot()
    {
        Member("0::/pod/shop\n");
        Group("pod/shop", limit: "max", current: "100");
        Group("pod", limit: "1000", current: "300");

        Assert.Equal(new CgroupMemory(1000, 300, 700), Read());
    }

    [Fact]
    public void Version1LimitsAreReadFromTheMemoryHierarchy()
    {
        Member("4:memory:/pod/shop\n1:cpu:/other\n0::/unified\n");
        Group1("pod/shop", limit: "500", current: "100");
        Group1("pod", limit: "9223372036854771712", current: "300");
        Group1("", limit: "9223372036854771712", current: "5000");
        Group("unified", limit: "1", current: "1");

        Assert.Equal(new CgroupMemory(500, 100, 400), Read());
    }

    [Fact]
    public void HybridSystemWithTheMemoryControllerInVersion2MountsItOneLevelDeeper()
    {
        Member("1:cpu:/other\n0::/shop\n");
        Group("unified/shop", limit: "500", current: "100");

        Assert.Equal(new CgroupMemory(500, 100, 400), Read());
    }

    [Fact]
    public void GroupNamedUnifiedIsNotAMount()
    {
        Member("0::/shop\n");
        _folder.With("cgroup/cgroup.procs", "").With("cgroup/unified/memory.max", "1");
        Group("shop", limit: "500", current: "100");

        Assert.Equal(500, Read()!.LimitBytes);
    }

    [Fact]
    public void ContainerWhosePathIsTheHostsFallsBackToTheRootOfItsMount()
    {
        Member("0::/kubepods/burstable/pod1/container1\n");
        Group("", limit: "500", current: "100");

        Assert.Equal(new CgroupMemory(500, 100, 400), Read());
    }

    [Fact]
    public void WorkerInANeighbouringContainerIsReadThroughItsOwnMount()
    {
        Member("0::/../container2\n");
        Group("", limit: "64", current: "10");
        _folder.WithWorkersCgroup("memory.max", "500\n").WithWorkersCgroup("memory.current", "100\n");

        Assert.Equal(new CgroupMemory(500, 100, 400), Read());
    }

    [Fact]
    public void LimitOfOurOwnContainerIsNeverTakenForThatOfANeighbour()
    {
        Member("0::/../container2\n");
        Group("", limit: "64", current: "10");
        _folder.With("container2/memory.max", "32");

        Assert.Null(Read());
    }

    [Fact]
    public void LimitWithoutUseLeavesTheWholeLimitAsHeadroom()
    {
        Member("0::/shop\n");
        _folder.With("cgroup/shop/memory.max", "500\n");

        Assert.Equal(new CgroupMemory(500, null, 500), Read());
    }

    [Theory]
    [InlineData("0::/shop\n")]
    [InlineData("4:memory:/shop\n")]
    [InlineData("1:cpu:/shop\n")]
    public void SystemWithoutMemoryControllerHasNoMemory(string membership)
    {
        Member(membership);

        Assert.Null(Read());
    }

    [Fact]
    public void ProcessThatIsGoneHasNoMemory() => Assert.Null(Read());

    [Fact]
    public void MalformedLimitNamesItsFile()
    {
        Member("0::/shop\n");
        Group("shop", limit: "plenty", current: "1");

        var error = Assert.Throws<InvalidDataException>(Read);

        Assert.Contains("cgroup/shop/memory.max, line 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IdleCacheIsNoUseWhereItIsNotToBeCounted()
    {
        Member("0::/shop\n");
        Group("shop", limit: "1000", current: "900");
        _folder.With("cgroup/shop/memory.stat", "file 500\ninactive_file 300\nactive_file 200\n");

        Assert.Equal(new CgroupMemory(1000, 900, 100), Read());
        Assert.Equal(new CgroupMemory(1000, 600, 400), Read(countsIdleCache: false));
    }

    [Fact]
    public void Version1CountsTheIdleCacheOfTheGroupsBelowToo()
    {
        Member("4:memory:/shop\n");
        Group1("shop", limit: "1000", current: "900");
        _folder.With("cgroup/memory/shop/memory.stat", "inactive_file 1\ntotal_inactive_file 300\n");

        Assert.Equal(new CgroupMemory(1000, 600, 400), Read(countsIdleCache: false));
    }

    [Fact]
    public void GroupWithoutStatisticsHasNoIdleCache()
    {
        Member("0::/shop\n");
        Group("shop", limit: "1000", current: "900");

        Assert.Equal(new CgroupMemory(1000, 900, 100), Read(countsIdleCache: false));
    }

    private void Member(string membership) => _folder.With("proc/42/cgroup", membership);

    private void Group(string path, string limit, string current) =>
        _folder.With($"cgroup/{path}/memory.max", limit + "\n").With($"cgroup/{path}/memory.current", current + "\n");

    private void Group1(string path, string limit, string current) => _folder
        .With($"cgroup/memory/{path}/memory.limit_in_bytes", limit + "\n")
        .With($"cgroup/memory/{path}/memory.usage_in_bytes", current + "\n");

    private CgroupMemory? Read() => Read(countsIdleCache: true);

    private CgroupMemory? Read(bool countsIdleCache) =>
        new ProcFileSystem(_folder.ProcRoot, _folder.CgroupRoot).TryReadMemory(42, countsIdleCache);
}
