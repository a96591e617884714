using HeapDrift.Collector.Engines;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Captures;

/// <summary>What one capture is asked to do.</summary>
internal sealed record CaptureSettings
{
    public required int Pid { get; init; }

    /// <summary>From the end of the baseline to the start of the final snapshot.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>The report goes to a folder of its own in here.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>One of <see cref="EngineChoice.Names"/>.</summary>
    public required string Engine { get; init; }

    public required CaptureTrigger Trigger { get; init; }

    /// <summary>Chosen by a caller who has told it to somebody already; null for a new one.</summary>
    public string? CaptureId { get; init; }

    public CaptureEvidence Evidence { get; init; } = CaptureEvidence.Full;

    /// <summary>Why it is less than <see cref="CaptureEvidence.Full"/>, in a sentence.</summary>
    public string? EvidenceReason { get; init; }

    /// <summary>
    /// Snapshots between the first and the last; null for as many as suit the engine and the window. Growth must hold in every interval to be
    /// called a leak.
    /// </summary>
    public int? Confirmations { get; init; }

    /// <summary>Where PDBs are looked for that are not beside their modules; null for nowhere.</summary>
    public string? SymbolsDirectory { get; init; }

    /// <summary>The worker started this process and named it its tracer (PR_SET_PTRACER), which is to be read nowhere.</summary>
    public required bool IsDeclaredTracer { get; init; }
}
