using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>The sentences for what several steps can meet.</summary>
internal static class Failures
{
    public static FreezeException Gone(int pid, Exception? cause = null) =>
        new(FreezeFailure.Gone, $"process {pid} has ended", cause);

    public static FreezeException NotPermitted(int pid, Exception? cause = null) => new(
        FreezeFailure.NotPermitted,
        $"process {pid} may not be traced by this user: run as its user or as root, with CAP_SYS_PTRACE in a container, and see /proc/sys/kernel/yama/ptrace_scope",
        cause);

    public static FreezeException AlreadyTraced(int pid, int tracer) =>
        new(FreezeFailure.AlreadyTraced, $"process {pid} is already traced by {tracer} (a debugger, or another snapshot)");

    public static FreezeException IsStopped(int pid) =>
        new(FreezeFailure.Refused, $"process {pid} is stopped by a signal (SIGSTOP or its like); it can be copied once it runs again");

    public static FreezeException DoesNotStop(int pid) =>
        new(FreezeFailure.Busy, $"a thread of process {pid} does not stop (uninterruptible sleep or vfork)");

    /// <summary>What is known without touching the process: gone, traced, stopped, our own child, or another architecture's.</summary>
    /// <exception cref="FreezeException">It cannot be frozen.</exception>
    public static void ThrowIfUnsuitable(int pid)
    {
        if (new ProcFileSystem().TryReadStatus(pid) is not { IsPresent: true, Value: { HasExited: false } status })
        {
            throw Gone(pid);
        }

        if (status.IsTraced)
        {
            throw AlreadyTraced(pid, status.TracerPid);
        }

        if (status.ParentPid == Environment.ProcessId)
        {
            // System.Diagnostics.Process waits for its children one by one and takes a stopped one for one that has ended.
            throw new FreezeException(FreezeFailure.Refused, $"process {pid} was started by this one, which would take its stop for its end");
        }

        if (status.State == 'T')
        {
            throw IsStopped(pid);
        }

        ThrowIfForeign(pid);
    }

    /// <summary>ELF header (elf(5)): class at byte 4, machine at byte 18.</summary>
    private static void ThrowIfForeign(int pid)
    {
        const byte Class64 = 2;
        const byte MachineX64 = 62;
        Span<byte> header = stackalloc byte[20];
        try
        {
            using var program = File.OpenHandle($"/proc/{pid}/exe");
            if (RandomAccess.Read(program, header, 0) == header.Length && header[4] == Class64 && header[18] == MachineX64 && header[19] == 0)
            {
                return;
            }
        }
        catch (UnauthorizedAccessException refused)
        {
            throw NotPermitted(pid, refused);
        }
        catch (FileNotFoundException) when (Directory.Exists($"/proc/{pid}"))
        {
            // A kernel thread runs no program.
        }
        catch (IOException absent)
        {
            throw Gone(pid, absent);
        }

        throw new FreezeException(FreezeFailure.Refused, $"process {pid} is not an x86-64 program");
    }
}
