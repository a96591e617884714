using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Instrumentation.Detection;

/// <summary>Looks at this process's own memory for a leak. For one caller at a time.</summary>
/// <param name="read">The newest reading. Null where it cannot be read.</param>
/// <param name="readLiveHeap">Of the last full collection. Null before the first.</param>
/// <param name="suspect">Told each new suspicion.</param>
internal sealed class LeakSearch(Func<WorkerMemory?> read, Func<long?> readLiveHeap, Action<LeakAssessment> suspect)
{
    private readonly LeakWatch _watch = new(new LeakDetectorOptions());

    public void Look()
    {
        if (read() is { } memory && _watch.Observe(memory, readLiveHeap()) is { IsNewSuspicion: true } suspicion)
        {
            suspect(suspicion);
        }
    }

    /// <summary>What survived the later of the last blocking and the last background full collection of this process.</summary>
    public static long? LiveHeap()
    {
        GCMemoryInfo blocking = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        GCMemoryInfo background = GC.GetGCMemoryInfo(GCKind.Background);
        GCMemoryInfo last = background.Index > blocking.Index ? background : blocking;
        return last.Index == 0 ? null : last.HeapSizeBytes - last.FragmentedBytes;
    }
}
