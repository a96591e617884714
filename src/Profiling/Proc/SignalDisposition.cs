namespace HeapDrift.Profiling.Proc;

/// <summary>What a process does with a signal, signal(7).</summary>
internal enum SignalDisposition
{
    /// <summary>Nobody changed it. For SIGUSR2 that means: the signal ends the process.</summary>
    Default,

    Ignored,

    Caught,
}
