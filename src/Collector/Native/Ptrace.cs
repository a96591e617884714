using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Native;

/// <summary>Requests of ptrace(2) for a tracee that was seized; numbers from include/uapi/linux/ptrace.h.</summary>
internal enum PtraceRequest
{
    GetRegisters = 12,
    SetRegisters = 13,
    Continue = 7,
    Kill = 8,
    Detach = 17,
    ContinueToSystemCall = 24,
    SetOptions = 0x4200,
    GetEventMessage = 0x4201,
    GetSignalInformation = 0x4202,
    Seize = 0x4206,
    Interrupt = 0x4207,
}

/// <summary>
/// The calls by which another process is stopped and read. A tracee belongs to the one thread that seized it: every request comes from
/// that thread, or the kernel knows no such tracee.
/// </summary>
internal static partial class Ptrace
{
    public const int OptionSystemCallBit = 0x1;
    public const int OptionTraceClone = 0x8;
    public const int OptionExitKill = 0x100000;

    public const int Eperm = 1;
    public const int Esrch = 3;
    public const int Eagain = 11;
    public const int Enomem = 12;

    /// <summary>Children of every kind, also those whose exit signal is not SIGCHLD (waitpid(2)).</summary>
    public const int WaitAll = 0x40000000;
    public const int WaitNoHang = 1;

    private const int WaitForStops = 2;
    private const int WaitForEnds = 4;
    private const int LeaveInPlace = 0x01000000;

    // siginfo_t (sigaction(2)), of which the kernel fills 128 bytes: the signal in its first word, the others in these.
    private const int InformationWords = 32;
    private const int CodeWord = 2;
    private const int ProcessWord = 4;
    private const int StatusWord = 6;

    /// <summary>P_PID of waitid(2): the one process or thread with an id.</summary>
    private const int OneProcess = 1;

    /// <returns>0, or the errno.</returns>
    public static int Request(PtraceRequest request, int tid, nint data = 0) =>
        SystemPtrace((nint)request, tid, 0, data) == -1 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>
    /// Waits for a change of one tracee. The news of a stop is read and left in place: taken away, the kernel forgets the signal that the tracee was about to
    /// get, and if this process is killed then it is lost (<c>wait_task_stopped</c> in kernel/exit.c). Where this process was started with SIGCHLD
    /// ignored, the runtime waits for everybody in a thread of its own and may take the news away, but not the stop: so that is asked for too.
    /// </summary>
    /// <returns>The thread's id with its status, 0 where nothing happened yet, -1 where there is no such tracee or child.</returns>
    public static unsafe int Wait(int tid, bool blocks, out WaitStatus status)
    {
        int* information = stackalloc int[InformationWords];
        information[ProcessWord] = 0;
        if (SystemWaitId(OneProcess, tid, information, WaitForStops | WaitForEnds | LeaveInPlace | WaitAll | (blocks ? 0 : WaitNoHang)) != 0)
        {
            status = default;
            return -1;
        }

        if (information[ProcessWord] == 0)
        {
            return TryReadStop(tid, out status) ? tid : 0;
        }

        status = WaitStatus.OfNews(information[CodeWord], information[StatusWord]);
        return status.IsStopped ? tid : Reap(tid, out status);
    }

    /// <summary>Takes away the news of an end, with what the kernel keeps of whoever ended. Does not wait for it.</summary>
    /// <inheritdoc cref="Wait"/>
    public static unsafe int Reap(int tid, out WaitStatus status)
    {
        int word = 0;
        int found = SystemWait(tid, &word, WaitAll | WaitNoHang);
        status = new WaitStatus(word);
        return found;
    }

    /// <summary>Where a thread was created or a process cloned, its id as this process sees it.</summary>
    public static unsafe int EventMessage(int tid)
    {
        nuint message = 0;
        return Request(PtraceRequest.GetEventMessage, tid, (nint)(&message)) == 0 ? (int)message : 0;
    }

    private static unsafe bool TryReadStop(int tid, out WaitStatus status)
    {
        int* information = stackalloc int[InformationWords];
        bool isStopped = Request(PtraceRequest.GetSignalInformation, tid, (nint)information) == 0;
        status = isStopped ? WaitStatus.OfStop(information[0], information[CodeWord]) : default;
        return isStopped;
    }

    [LibraryImport("libc", EntryPoint = "sched_yield")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void Yield();

    [LibraryImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemPtrace(nint request, int tid, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int SystemWait(int tid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int SystemWaitId(int kind, int tid, int* information, int options);
}
