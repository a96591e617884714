using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class MeminfoTests
{
    [Fact]
    public void TotalAndAvailableAreReadAsBytes() => Assert.Equal(
        new Meminfo(8000 * 1024, 3000 * 1024),
        Meminfo.Parse("MemTotal:        8000 kB\nMemFree:          100 kB\nMemAvailable:    3000 kB\nHugePages_Total:    0\n", "meminfo"));

    [Fact]
    public void MissingLineIsMalformed() =>
        Assert.Throws<InvalidDataException>(() => Meminfo.Parse("MemTotal:        8000 kB\n", "meminfo"));
}
