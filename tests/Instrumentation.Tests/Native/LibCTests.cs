using HeapDrift.Instrumentation.Native;

namespace HeapDrift.Instrumentation.Tests.Native;

public sealed class LibCTests
{
    private static readonly bool HasYama = File.Exists("/proc/sys/kernel/yama/ptrace_scope");

    [Fact]
    public void TracerIsDeclaredWhereTheKernelAsksForItAndNothingHappensElsewhere()
    {
        // Oneself is as good as any process that exists.
        Assert.Equal(HasYama, LibC.DeclareTracer(Environment.ProcessId));
        Assert.Equal(HasYama, LibC.DeclareNoTracer());
    }

    [Fact]
    public void TracerThatDoesNotExistIsNoError() => Assert.False(LibC.DeclareTracer(int.MaxValue));
}
