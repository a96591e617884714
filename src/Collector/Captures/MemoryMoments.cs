using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Collector.Captures;

/// <summary>
/// The memory of a worker beside each snapshot: read just before it, divided by what it says of the managed heap.
/// </summary>
internal sealed class MemoryMoments(ProcFileSystem proc, int pid, TimeProvider clock)
{
    private readonly List<MemoryReading> _readings = [];
    private readonly long _began = clock.GetTimestamp();

    /// <summary>Those beside complete snapshots, divided, and those between, in order.</summary>
    public IReadOnlyList<MemoryReading> All => _readings;

    /// <summary>Null where the kernel does not tell.</summary>
    public MemoryReading? Read()
    {
        MemoryReading? whole = proc.TryReadSmapsRollup(pid).Value?.ToReading() is { } reading ? reading with { Seconds = clock.GetElapsedTime(_began).TotalSeconds } : null;
        try
        {
            // Of the same reading, so that the parts add up.
            return whole is not null && proc.TryReadLedger(pid) is { IsPresent: true, Value: { } ledger }
                ? whole with { PssBytes = ledger.PssBytes, Categories = ledger.Categories }
                : whole;
        }
        catch (InvalidDataException)
        {
            // More mappings than anybody has, or a kernel that writes them otherwise.
            return whole;
        }
    }

    /// <summary>Between two snapshots: what grows beside the managed heap is seen without one.</summary>
    public void Note()
    {
        if (Read() is { } reading)
        {
            _readings.Add(reading);
        }
    }

    public MemoryReading? Divide(MemoryReading? memory, HeapSnapshot snapshot)
    {
        if (memory is null)
        {
            return null;
        }

        MemoryReading divided = HeapSplit.Divide(memory, snapshot.LiveBytes, snapshot.UsedBytes);
        _readings.Add(divided);
        return divided;
    }
}
