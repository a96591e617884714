using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class CoreClrMappingTests
{
    private const string Other =
        "00400000-0040b000 r-xp 00000000 08:01 5                          /usr/bin/dotnet\n"
        + "7f0000000000-7f0000010000 rw-p 00000000 00:00 0 \n"
        + "7f0000010000-7f0000020000 rwxs 00000000 00:01 3                  /memfd:doublemapper (deleted)\n";

    [Theory]
    [InlineData("/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so", "10.0.12")]
    [InlineData("/usr/lib/dotnet/shared/Microsoft.NETCore.App/9.0.0-rc.2.24473.5/libcoreclr.so", "9.0.0-rc.2.24473.5")]
    [InlineData("/opt/my dotnet/shared/Microsoft.NETCore.App/8.0.1/libcoreclr.so", "8.0.1")]
    public void SharedFrameworkTellsItsVersion(string path, string version)
    {
        CoreClrMapping mapping = CoreClrMapping.Parse(Other + Line(path) + Other);

        Assert.True(mapping.IsMapped);
        Assert.Equal(path, mapping.LibraryPath);
        Assert.Equal(version, mapping.RuntimeVersion);
    }

    [Theory]
    [InlineData("/app/libcoreclr.so")]
    [InlineData("/libcoreclr.so")]
    [InlineData("/shared/Microsoft.NETCore.App/libcoreclr.so")]
    [InlineData("/shared/Microsoft.NETCore.App/10.0.12/more/libcoreclr.so")]
    public void SelfContainedProgramMapsARuntimeWithoutVersion(string path)
    {
        CoreClrMapping mapping = CoreClrMapping.Parse(Line(path));

        Assert.True(mapping.IsMapped);
        Assert.Null(mapping.RuntimeVersion);
    }

    [Fact]
    public void RuntimeThatWasUpgradedUnderneathIsStillFound()
    {
        CoreClrMapping mapping = CoreClrMapping.Parse(Line("/shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so (deleted)"));

        Assert.Equal("10.0.12", mapping.RuntimeVersion);
        Assert.Equal("/shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so", mapping.LibraryPath);
        Assert.True(mapping.IsDeleted);
    }

    [Fact]
    public void MappingTellsWhichFileItIs()
    {
        CoreClrMapping mapping = CoreClrMapping.Parse(Line("/my app/libcoreclr.so").Replace("08:01 42 ", "fd:1a 1234567890123 ", StringComparison.Ordinal));

        Assert.Equal(new FileId(0xfd, 0x1a, 1234567890123), mapping.File);
        Assert.False(mapping.IsDeleted);
    }

    [Theory]
    [InlineData("7f00-7f01 r--p 0 9 /libcoreclr.so")]
    [InlineData("7f00-7f01 r--p 0 08 9 /libcoreclr.so")]
    [InlineData("7f00-7f01 r--p 0 08:x 9 /libcoreclr.so")]
    [InlineData("7f00-7f01 r--p 0 08:01 -9 /libcoreclr.so")]
    public void MappingWithoutDeviceOrInodeIsStillAMapping(string line)
    {
        CoreClrMapping mapping = CoreClrMapping.Parse(line);

        Assert.True(mapping.IsMapped);
        Assert.Null(mapping.File);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Other)]
    [InlineData("7f00-7f01 r--p 0 08:01 9 /app/libcoreclr.so.dbg\n7f00-7f01 r--p 0 08:01 9 /app/notlibcoreclr.so\n")]
    [InlineData("7f00-7f01 r--p 0 08:01 9 /shared/Microsoft.NETCore.App/10.0.12/libcorec")]
    public void OtherProcessMapsNoRuntime(string maps)
    {
        CoreClrMapping mapping = CoreClrMapping.Parse(maps);

        Assert.False(mapping.IsMapped);
        Assert.Null(mapping.RuntimeVersion);
    }

    private static string Line(string path) => $"7f1111110000-7f1111120000 r--p 00000000 08:01 42                 {path}\n";
}
