using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>One thread that we trace. All calls come from the thread that seized it.</summary>
internal sealed class TracedThread(int tid, bool isStranger)
{
    private readonly ThreadRegisters[] _registers = GC.AllocateArray<ThreadRegisters>(2, pinned: true);

    public int Tid => tid;

    /// <summary>Another process, which came along because the worker created it in this moment: it is let go at its first stop.</summary>
    public bool IsStranger => isStranger;

    public bool IsStopped { get; set; }

    public bool IsGone { get; set; }

    /// <summary>The signal that it was about to get when it stopped; 0 is none.</summary>
    public int PendingSignal { get; set; }

    /// <summary>As they were when it stopped, whatever is set later.</summary>
    public ref readonly ThreadRegisters Registers => ref _registers[0];

    /// <summary>
    /// Threads in a system call come first: one stopped anywhere in the program might be in a restartable sequence (rseq(2)), which is
    /// not to be left and entered again. Null where it must not be used.
    /// </summary>
    public int? SuitabilityForCall =>
        !IsStopped || IsGone || isStranger || PendingSignal != 0 || !Registers.IsLongMode ? null
        : Registers.IsInRestartableCall ? 0
        : Registers.IsInSystemCall ? 1
        : 2;

    public unsafe bool TrySaveRegisters()
    {
        fixed (ThreadRegisters* saved = &_registers[0])
        {
            return Ptrace.Request(PtraceRequest.GetRegisters, tid, (nint)saved) == 0;
        }
    }

    /// <summary>
    /// One system call, from memory that is pinned and was just written: it happens whole or not at all, also where this process is
    /// killed in the middle.
    /// </summary>
    public unsafe bool TrySetRegisters(in ThreadRegisters registers)
    {
        _registers[1] = registers;
        fixed (ThreadRegisters* staged = &_registers[1])
        {
            return Ptrace.Request(PtraceRequest.SetRegisters, tid, (nint)staged) == 0;
        }
    }

    public unsafe ulong ReadResult()
    {
        fixed (ThreadRegisters* staged = &_registers[1])
        {
            return Ptrace.Request(PtraceRequest.GetRegisters, tid, (nint)staged) == 0 ? _registers[1].Rax : 0;
        }
    }

    public bool Resume(PtraceRequest how, int signal = 0) => Ptrace.Request(how, tid, signal) == 0;

    public void Detach()
    {
        if (IsStopped && !IsGone)
        {
            Resume(PtraceRequest.Detach, PendingSignal);
            IsStopped = false;
        }
    }
}
