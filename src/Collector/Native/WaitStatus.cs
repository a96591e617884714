namespace HeapDrift.Collector.Native;

/// <summary>The status word of waitpid(2), with the ptrace event in its third byte (ptrace(2)).</summary>
internal readonly record struct WaitStatus(int Word)
{
    public const int EventClone = 3;

    /// <summary>PTRACE_EVENT_STOP: an interrupt, a new thread's first stop, or a stop of the whole process by a signal.</summary>
    public const int EventStop = 128;

    public const int SigTrap = 5;

    private const int StoppedMark = 0x7f;
    private const int SystemCallBit = 0x80;
    private const int Trapped = 4;
    private const int Stopped = 5;

    /// <summary>The same from the tracee's signal information: a stop of ptrace's own has its status as the code of a SIGTRAP.</summary>
    public static WaitStatus OfStop(int signal, int code)
    {
        bool isOwn = signal == SigTrap && (code > byte.MaxValue || code == (SigTrap | SystemCallBit));
        return new WaitStatus(((isOwn ? code : signal) << 8) | StoppedMark);
    }

    /// <summary>The same from waitid(2), where it is a stop: CLD_TRAPPED, or CLD_STOPPED. Otherwise the default, which is an end.</summary>
    public static WaitStatus OfNews(int code, int status) => code is Trapped or Stopped ? new WaitStatus((status << 8) | StoppedMark) : default;

    /// <summary>Anything else is the end of the thread.</summary>
    public bool IsStopped => (Word & 0xff) == StoppedMark;

    public int Signal => (Word >> 8) & 0xff;

    public int Event => Word >> 16;

    /// <summary>At the entry or the exit of a system call; told from SIGTRAP by PTRACE_O_TRACESYSGOOD.</summary>
    public bool IsSystemCallStop => IsStopped && Signal == (SigTrap | SystemCallBit);

    /// <summary>A signal that the thread gets when it goes on, if the tracer hands it over.</summary>
    public bool IsSignalDelivery => IsStopped && Event == 0 && !IsSystemCallStop;

    /// <summary>The whole process was stopped by SIGSTOP and its like.</summary>
    public bool IsGroupStop => IsStopped && Event == EventStop && Signal != SigTrap;
}
