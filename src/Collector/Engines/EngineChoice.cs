using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Engines;

/// <summary>What <c>--engine</c> may ask for in this version.</summary>
internal static class EngineChoice
{
    /// <exception cref="SnapshotException">The engine is not part of this version.</exception>
    public static void Check(string engine)
    {
        if (engine == "copy-on-write")
        {
            throw new SnapshotException(
                CaptureOutcome.Failed, "the copy-on-write engine is not part of this version: use --engine eventpipe, or auto");
        }
    }
}
