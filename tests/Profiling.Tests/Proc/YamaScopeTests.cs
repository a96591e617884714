using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class YamaScopeTests
{
    [Fact]
    public void NumbersHaveTheKernelsMeaning() => Assert.Equal(
        [YamaScope.Classic, YamaScope.Restricted, YamaScope.AdminOnly, YamaScope.NoAttach],
        new[] { "0\n", "1\n", "2\n", "3\n" }.Select(text => YamaScopes.Parse(text, "ptrace_scope")));

    [Theory]
    [InlineData("")]
    [InlineData("4\n")]
    [InlineData("-1\n")]
    public void OtherContentIsMalformed(string text) =>
        Assert.Throws<InvalidDataException>(() => YamaScopes.Parse(text, "ptrace_scope"));

    [Fact]
    public void KernelWithoutYamaHasNoScope()
    {
        using var folder = new FixtureFolder();

        Assert.Null(new ProcFileSystem(folder.ProcRoot).TryReadYama());
        folder.With("proc/sys/kernel/yama/ptrace_scope", "1\n");
        Assert.Equal(YamaScope.Restricted, new ProcFileSystem(folder.ProcRoot).TryReadYama());
    }
}
