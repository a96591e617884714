using System.ComponentModel;
using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>Tracing and filters of system calls are properties of one thread: what a test does on a thread of its own ends with it.</summary>
internal static unsafe partial class NativeThread
{
    private const int SysPrctl = 157;
    private const int SysPtrace = 101;
    private const int PtraceSeize = 0x4206;
    private const int NoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS
    private const int SetSeccomp = 22; // PR_SET_SECCOMP
    private const int Filter = 2; // SECCOMP_MODE_FILTER

    public static void Run(Action act)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
#pragma warning disable CA1031 // It is thrown again on the thread of the test.
            try
            {
                act();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
#pragma warning restore CA1031
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    public static void Seize(int pid) => Require(SystemCall(SysPtrace, PtraceSeize, pid, 0, 0));

    /// <summary>From here on the kernel answers ptrace with an error, whatever it is asked for.</summary>
    public static void FilterPtrace(ushort error)
    {
        // Load the number of the call; if it is ptrace's answer with the error (SECCOMP_RET_ERRNO), else allow (SECCOMP_RET_ALLOW).
        Instruction[] program =
        [
            new(0x20, 0, 0, 0), new(0x15, 0, 1, SysPtrace), new(0x06, 0, 0, 0x00050000u | error), new(0x06, 0, 0, 0x7FFF0000),
        ];
        fixed (Instruction* first = program)
        {
            var filter = new Program((ushort)program.Length, first);
            Require(SystemCall(SysPrctl, NoNewPrivileges, 1, 0, 0));
            Require(SystemCall(SysPrctl, SetSeccomp, Filter, (nint)(&filter), 0));
        }
    }

    private static void Require(nint result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth = 0);

    /// <summary>struct sock_filter</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    /// <summary>struct sock_fprog</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Program(ushort length, Instruction* first)
    {
        private readonly ushort _length = length;
        private readonly Instruction* _first = first;
    }
}
