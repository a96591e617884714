namespace HeapDrift.Profiling.Captures;

/// <summary>Where a capture is: one after the other, never back.</summary>
internal enum CapturePhase
{
    Baseline,
    Window,
    Final,
    Diff,
    Report,
}
