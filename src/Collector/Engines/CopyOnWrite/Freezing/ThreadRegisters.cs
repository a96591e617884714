using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>The general registers of a stopped thread: <c>user_regs_struct</c> of x86-64, in its order (sys/user.h; 27 words).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ThreadRegisters
{
    /// <summary>Kernel-internal results of an interrupted system call (include/linux/errno.h); no program ever sees them.</summary>
    private const long RestartSys = -512;
    private const long RestartNoInterrupt = -513;
    private const long RestartNoHandler = -514;
    private const long RestartBlock = -516;

    /// <summary>restart_syscall(2): goes on with a timed wait, for the time that is left.</summary>
    private const ulong SysRestart = 219;

    /// <summary>Of the <c>syscall</c> instruction, 0F 05.</summary>
    private const ulong SystemCallLength = 2;

    public ulong R15 { get; init; }
    public ulong R14 { get; init; }
    public ulong R13 { get; init; }
    public ulong R12 { get; init; }
    public ulong Rbp { get; init; }
    public ulong Rbx { get; init; }
    public ulong R11 { get; init; }
    public ulong R10 { get; init; }
    public ulong R9 { get; init; }
    public ulong R8 { get; init; }
    public ulong Rax { get; init; }
    public ulong Rcx { get; init; }
    public ulong Rdx { get; init; }
    public ulong Rsi { get; init; }
    public ulong Rdi { get; init; }

    /// <summary>The number of the system call that the thread is in; all ones outside of one.</summary>
    public ulong OrigRax { get; init; }
    public ulong Rip { get; init; }
    public ulong Cs { get; init; }
    public ulong Eflags { get; init; }
    public ulong Rsp { get; init; }
    public ulong Ss { get; init; }
    public ulong FsBase { get; init; }
    public ulong GsBase { get; init; }
    public ulong Ds { get; init; }
    public ulong Es { get; init; }
    public ulong Fs { get; init; }
    public ulong Gs { get; init; }

    /// <summary>A program cannot have 64-bit registers and run 32-bit code (__USER_CS, arch/x86/include/asm/segment.h).</summary>
    public bool IsLongMode => Cs == 0x33;

    public bool IsInSystemCall => (long)OrigRax >= 0;

    public bool IsInRestartableCall =>
        IsInSystemCall && (long)Rax is RestartSys or RestartNoInterrupt or RestartNoHandler or RestartBlock;

    /// <summary>
    /// What the kernel would make of them on the way back to the program where no signal handler runs
    /// (<c>arch_do_signal_or_restart</c> in arch/x86/kernel/signal.c): the interrupted system call is made once more. Outside of a
    /// system call as far as the kernel can tell, so that it does not apply the rule a second time.
    /// </summary>
    public ThreadRegisters Healed()
    {
        ThreadRegisters outside = this with { OrigRax = ulong.MaxValue };
        return !IsInRestartableCall ? outside : outside with
        {
            Rax = (long)Rax == RestartBlock ? SysRestart : OrigRax,
            Rip = Rip - SystemCallLength,
        };
    }
}
