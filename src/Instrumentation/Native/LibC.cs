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
    private const nint SigErr = -1;

    /// <summary>False when the kernel refused.</summary>
    public static bool TryRestoreDefault(int signal) => Signal(signal, SigDfl) != SigErr;

    /// <summary>signal(2)</summary>
    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Signal(int signal, nint handler);
}
