using System.Runtime.InteropServices;

namespace HeapDrift.Instrumentation.Native;

/// <summary>
/// The one native call outside of the Collector: .NET can catch a signal but cannot take back that its parent had it ignored.
/// </summary>
internal static partial class LibC
{
    /// <summary>The same on x86-64 and arm64 (signal(7)).</summary>
    public const int SigUsr2 = 12;

    private const nint SigDfl = 0;

    /// <summary>
    /// Ends that a signal is ignored without a moment in which its default action holds: a storm that comes while a worker starts killed 30
    /// of 40 in that moment. What is put there is abs(3), which takes an int and touches nothing, until .NET puts its own handler there;
    /// SIG_DFL only where libc has no such function.
    /// </summary>
    public static void StopIgnoring(int signal) =>
        _ = Signal(signal, NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "abs", out nint harmless) ? harmless : SigDfl);

    /// <summary>signal(2)</summary>
    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Signal(int signal, nint handler);
}
