using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>Watches over the memory that a worker needs while there is a copy of it. Nothing is kept between calls.</summary>
internal sealed class HeadroomWatch(ProcFileSystem proc, CopyOnWritePlan plan)
{
    /// <summary>
    /// Whether half of the reserve is gone, or cannot be told any more: then the copy has to go. Reads some ten small files of the kernel,
    /// less than half a millisecond; how much page cache is idle, which costs more, only where it decides.
    /// </summary>
    public bool IsAtRisk()
    {
        try
        {
            return (IsTight(MemoryRoom.OfGroup(proc.TryReadMemory(plan.Pid)))
                    && IsTight(MemoryRoom.OfGroup(proc.TryReadMemory(plan.Pid, countsIdleCache: false))))
                || IsTight(MemoryRoom.OfMachine(proc));
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException)
        {
            return true;
        }
    }

    private static bool IsTight(MemoryRoom? room) => room is { } seen && seen.AvailableBytes < seen.ReserveBytes / 2;
}
