using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Native;

/// <summary>The processors of the machine, whatever part of them this process may use (sysconf(3)).</summary>
internal static partial class Processors
{
    /// <summary>_SC_NPROCESSORS_ONLN in glibc and musl.</summary>
    private const int OnlineProcessors = 84;

    public static int Online() => (int)Configuration(OnlineProcessors);

    [LibraryImport("libc", EntryPoint = "sysconf")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Configuration(int name);
}
