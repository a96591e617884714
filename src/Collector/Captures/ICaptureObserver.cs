using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Captures;

/// <summary>Hears how a capture goes on: a progress bar, a supervising process, or nobody.</summary>
internal interface ICaptureObserver
{
    void Entered(CaptureProgress progress);

    /// <summary>Objects that have arrived of the snapshot under way.</summary>
    void Saw(long objects);
}
