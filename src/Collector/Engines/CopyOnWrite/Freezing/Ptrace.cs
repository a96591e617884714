using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>The system calls of a tracer: ptrace(2), waitpid(2), kill(2). Everything here must come from one and the same thread.</summary>
internal static unsafe partial class Ptrace
{
    // include/uapi/linux/ptrace.h
    public const int PeekData = 2;
    public const int PokeData = 5;
    public const int Continue = 7;
    public const int GetRegisters = 12;
    public const int SetRegisters = 13;
    public const int Detach = 17;
    public const int ContinueToSystemCall = 24;
    public const int SetOptions = 0x4200;
    public const int GetEventMessage = 0x4201;
    public const int Seize = 0x4206;
    public const int Interrupt = 0x4207;

    /// <summary>Stops at system calls are told from other stops by bit 7 of the signal.</summary>
    public const int OptionMarkSystemCalls = 1;

    /// <summary>New threads come attached.</summary>
    public const int OptionTraceClone = 8;

    /// <summary>The tracee dies with its tracer. For copies only, never for a worker.</summary>
    public const int OptionExitKill = 0x100000;

    public const int EventClone = 3;
    public const int EventStop = 128;

    public const int SystemCallStop = SigTrap | 0x80;
    public const int SigTrap = 5;
    public const int SigKill = 9;

    // include/uapi/asm-generic/errno-base.h
    public const int Eperm = 1;
    public const int Esrch = 3;
    public const int Eintr = 4;
    public const int Echild = 10;

    // include/uapi/linux/wait.h
    private const int NoHang = 1;
    private const int OfThisThread = 0x20000000;
    private const int EveryKind = 0x40000000;

    /// <summary>Calls ptrace; false when the kernel refused, and <see cref="Marshal.GetLastPInvokeError"/> says why.</summary>
    public static bool Try(int request, int thread, nint address, nint data) => Call(request, thread, address, data) != -1;

    /// <summary>The next change of any tracee of this thread, without waiting.</summary>
    /// <returns>Its number, 0 when there is none, negative when there are no tracees any more.</returns>
    public static int Poll(out WaitStatus status)
    {
        int raw = 0;
        int thread = WaitPid(-1, &raw, NoHang | OfThisThread | EveryKind);
        status = new WaitStatus(raw);
        return thread;
    }

    /// <summary>Waits for one tracee.</summary>
    public static bool TryWait(int thread, out WaitStatus status)
    {
        int raw = 0;
        int changed;
        do
        {
            changed = WaitPid(thread, &raw, EveryKind);
        }
        while (changed < 0 && Marshal.GetLastPInvokeError() == Eintr);

        status = new WaitStatus(raw);
        return changed == thread;
    }

    public static void Kill(int pid) => _ = SendSignal(pid, SigKill);

    [LibraryImport("libc", EntryPoint = "sched_yield")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Yield();

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Call(nint request, int thread, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int pid, int signal);
}

/// <summary>What waitpid(2) says of a tracee.</summary>
internal readonly record struct WaitStatus(int Raw)
{
    public bool IsStopped => (Raw & 0xFF) == 0x7F;

    /// <summary>The signal of a stop, with bit 7 set at a system call.</summary>
    public int Signal => (Raw >> 8) & 0xFF;

    /// <summary>The ptrace event of a stop, 0 for none.</summary>
    public int Event => Raw >> 16;
}
