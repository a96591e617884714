using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Native;

/// <summary>
/// Asks whether ptrace(2) is let through to the kernel at all: containers and sandboxes may filter it (seccomp(2)), and whether a filter
/// does is to be read nowhere. The number of the call is that of x86-64.
/// </summary>
internal static partial class PtraceProbe
{
    private const int SysPtrace = 101;

    /// <summary>PTRACE_DETACH from a process that is no tracee fails with ESRCH before anything is done (<c>ptrace_check_attach</c>).</summary>
    private const int Detach = 17;

    private const int Esrch = 3;

    /// <summary>The error with which a filter answers in the kernel's place, usually EPERM or ENOSYS; null where there is none.</summary>
    public static int? FilterError() =>
        SystemCall(SysPtrace, Detach, Environment.ProcessId, 0, 0) != 0 && Marshal.GetLastPInvokeError() is int error and not Esrch
            ? error
            : null;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint request, nint pid, nint address, nint content);
}
