using System.Runtime.InteropServices;

namespace HeapDrift.Instrumentation.Native;

/// <summary>
/// The native calls outside of the Collector: .NET can catch a signal but cannot take back that its parent had it ignored, and has no word
/// for who may trace a process.
/// </summary>
internal static partial class LibC
{
    /// <summary>The same on x86-64 and arm64 (signal(7)).</summary>
    public const int SigUsr2 = 12;

    private const nint SigDfl = 0;

    /// <summary>PR_SET_PTRACER, "Yama" in ASCII (PR_SET_PTRACER(2const)).</summary>
    private const int SetPtracer = 0x59616d61;

    /// <summary>
    /// Ends that a signal is ignored without a moment in which its default action holds: a storm that comes while a worker starts killed 30
    /// of 40 in that moment. What is put there is abs(3), which takes an int and touches nothing, until .NET puts its own handler there;
    /// SIG_DFL only where libc has no such function.
    /// </summary>
    public static void StopIgnoring(int signal) =>
        _ = Signal(signal, NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "abs", out nint harmless) ? harmless : SigDfl);

    /// <summary>
    /// Lets one process, with its descendants, read this one's memory where <c>kernel.yama.ptrace_scope</c> is 1; uids are still asked. The
    /// last declaration counts and none can be read, so that one of the application's own is lost. It is a right and no duty: that it fails (EINVAL where the kernel has no Yama, and so no such barrier) is of
    /// no consequence, and is told to tests only.
    /// </summary>
    /// <returns>Whether the kernel took it.</returns>
    public static bool DeclareTracer(int pid) => ProcessControl(SetPtracer, (nuint)pid, 0, 0, 0) == 0;

    /// <summary>Takes the declaration back.</summary>
    public static bool DeclareNoTracer() => DeclareTracer(0);

    /// <summary>prctl(2), which is variadic: all five are passed in full registers.</summary>
    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProcessControl(int option, nuint first, nuint second, nuint third, nuint fourth);

    /// <summary>signal(2)</summary>
    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Signal(int signal, nint handler);
}
