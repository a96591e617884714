using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Native;

internal enum SignalResult
{
    Sent,
    NotPermitted,
    Gone,
}

/// <summary>
/// Sends signals through a pidfd (pidfd_open(2), pidfd_send_signal(2), Linux 5.1 and 5.3), so that a pid that is reused between the look
/// and the signal gets nothing.
/// </summary>
internal static partial class ProcessSignal
{
    /// <summary>On x86 and ARM (signal(7)).</summary>
    public const int SigUsr2 = 12;

    private const int SigTerm = 15;

    private const int Eperm = 1;

    /// <summary>System call numbers of the common table (asm-generic/unistd.h), the same on x86-64 and arm64.</summary>
    private const int SysPidfdSendSignal = 424;
    private const int SysPidfdOpen = 434;

    /// <param name="pid">Whom.</param>
    /// <param name="isSameProcess">Asked once the process is held: is it still the one that was looked at?</param>
    public static SignalResult TrySendUsr2(int pid, Func<bool> isSameProcess) => TrySend(pid, SigUsr2, isSameProcess);

    /// <summary>Asks it to end; what it does then is its own affair.</summary>
    /// <inheritdoc cref="TrySendUsr2"/>
    public static SignalResult TrySendTerm(int pid, Func<bool> isSameProcess) => TrySend(pid, SigTerm, isSameProcess);

    private static SignalResult TrySend(int pid, int signal, Func<bool> isSameProcess)
    {
        int process = (int)SystemCall(SysPidfdOpen, pid, 0, 0, 0);
        if (process < 0)
        {
            return SignalResult.Gone;
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(process, ownsHandle: true);
        if (!isSameProcess())
        {
            return SignalResult.Gone;
        }

        return SystemCall(SysPidfdSendSignal, process, signal, 0, 0) == 0 ? SignalResult.Sent
            : Marshal.GetLastPInvokeError() == Eperm ? SignalResult.NotPermitted
            : SignalResult.Gone;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);
}
