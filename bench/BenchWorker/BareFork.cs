using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BenchTarget;

/// <summary>
/// What the kernel alone takes to copy this process (fork(2)): the least that any copy-on-write snapshot can cost. The child leaves at once
/// and makes no transition of the managed runtime, whose other threads do not exist in it.
/// </summary>
public static unsafe partial class BareFork
{
    /// <summary>From libc; function pointers, because a lazily bound P/Invoke would be bound in the child.</summary>
    private static readonly nint Libc = NativeLibrary.Load("libc.so.6");

    public static TimeSpan Measure()
    {
        var fork = (delegate* unmanaged[Cdecl, SuppressGCTransition]<int>)NativeLibrary.GetExport(Libc, "fork");
        var exit = (delegate* unmanaged[Cdecl, SuppressGCTransition]<int, void>)NativeLibrary.GetExport(Libc, "_exit");
        long started = Stopwatch.GetTimestamp();
        int child = Fork(fork, exit);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        if (child < 0)
        {
            throw new Win32Exception("fork");
        }

        int status;
        return WaitPid(child, &status, 0) == child && status == 0
            ? elapsed
            : throw new InvalidOperationException($"the child of the bare fork ended with status {status}");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Fork(
        delegate* unmanaged[Cdecl, SuppressGCTransition]<int> fork, delegate* unmanaged[Cdecl, SuppressGCTransition]<int, void> exit)
    {
        int child = fork();
        if (child == 0)
        {
            exit(0);
        }

        return child;
    }

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitPid(int process, int* status, int options);
}
