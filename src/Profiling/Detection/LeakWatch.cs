using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Detection;

/// <summary>Puts the readings of one process to a detector. For one caller at a time.</summary>
internal sealed class LeakWatch(LeakDetectorOptions options)
{
    private LeakDetector _detector = new(options);
    private WorkerMemory? _last;
    private LeakAssessment? _assessment;

    /// <summary>The last assessment where there is no new reading; then it is no new suspicion either.</summary>
    /// <param name="memory">The newest reading.</param>
    /// <param name="liveHeapBytes">What was left of the managed heap after its last full collection. Null where that is not known.</param>
    public LeakAssessment Observe(WorkerMemory memory, long? liveHeapBytes)
    {
        if (_assessment is not null && ReferenceEquals(memory, _last))
        {
            return _assessment = _assessment with { IsNewSuspicion = false };
        }

        if (memory.IsCheap != (_last ?? memory).IsCheap)
        {
            // Proportional bytes are fewer than resident ones: from one to the other looks like growth, and is none.
            _detector = new(options);
        }

        _last = memory;
        return _assessment = _detector.Observe(new(memory.At, memory.UsedBytes, liveHeapBytes), memory.LimitBytes);
    }
}
