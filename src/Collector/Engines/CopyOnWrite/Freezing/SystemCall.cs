using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>A call to be made in the worker: number and first three arguments; the others are 0.</summary>
internal readonly record struct SystemCall(ulong Number, ulong First, ulong Second, ulong Third)
{
    private const ulong SysClone = 56;
    private const ulong SysWait4 = 61;

    /// <summary>The copy shares the table of open files instead of holding the worker's sockets open by references of its own.</summary>
    private const ulong CloneFiles = 0x400;

    /// <summary>No exit signal: the worker gets no SIGCHLD. As exec sets that signal again, 0 also tells our copies from real children.</summary>
    public static SystemCall Fork => new(SysClone, CloneFiles, 0, 0);

    public bool Clones => Number == SysClone;

    public static SystemCall Reap(int child) => new(SysWait4, (ulong)child, 0, Ptrace.WaitAll | Ptrace.WaitNoHang);

    /// <summary>Those of the thread, about to make this call and in no other one that the kernel would restart.</summary>
    public ThreadRegisters Registers(in ThreadRegisters thread, ulong stub) => thread with
    {
        Rip = stub,
        Rax = Number,
        OrigRax = ulong.MaxValue,
        Rdi = First,
        Rsi = Second,
        Rdx = Third,
        R10 = 0,
        R8 = 0,
    };
}
