using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>How much memory may still be used before somebody is killed for it, and how much of that is not ours to use.</summary>
/// <param name="AvailableBytes">Idle page cache included: the kernel takes it back first.</param>
/// <param name="LimitBytes">Of the control group or the machine.</param>
/// <param name="IsMachine">There may be both: a group may be allowed more than the machine has left.</param>
internal readonly record struct MemoryRoom(long AvailableBytes, long LimitBytes, bool IsMachine)
{
    /// <summary>Some allocation bursts of a small worker.</summary>
    private const long LeastReserveBytes = 32L << 20;

    /// <summary>2 %: the garbage collector of a large worker asks for regions in proportion to its limit.</summary>
    private const int ReservedPart = 50;

    /// <summary>Stays free for the worker while there is a copy of it.</summary>
    public long ReserveBytes => Math.Max(LeastReserveBytes, LimitBytes / ReservedPart);

    /// <summary>Empty where neither the control group's nor the machine's can be told.</summary>
    public static IEnumerable<MemoryRoom> Of(ProcFileSystem proc, int pid)
    {
        if (OfGroup(proc.TryReadMemory(pid, countsIdleCache: false)) is { } group)
        {
            yield return group;
        }

        if (OfMachine(proc) is { } machine)
        {
            yield return machine;
        }
    }

    /// <summary>Null where there is no limit.</summary>
    public static MemoryRoom? OfGroup(CgroupMemory? memory) =>
        memory is { LimitBytes: long limit, HeadroomBytes: long headroom } ? new(headroom, limit, IsMachine: false) : null;

    public static MemoryRoom? OfMachine(ProcFileSystem proc) =>
        proc.TryReadMeminfo() is { } memory ? new(memory.AvailableBytes, memory.TotalBytes, IsMachine: true) : null;

    /// <summary>Why it is not enough.</summary>
    public string Describe(ProcessStatus worker, long costBytes)
    {
        string needed = $"a copy of {worker} may need {ByteSize.Format(costBytes)} and {ByteSize.Format(ReserveBytes)} must stay free";
        return IsMachine
            ? $"{needed}, but the machine has {ByteSize.Format(AvailableBytes)} left: free memory, or use --engine eventpipe"
            : $"{needed}, but its control group has {ByteSize.Format(AvailableBytes)} left of {ByteSize.Format(LimitBytes)}: raise the container's memory limit, or use --engine eventpipe";
    }
}
