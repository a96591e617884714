namespace HeapDrift.Profiling.Diff;

/// <summary>What the evidence of one capture allows to say, never more.</summary>
internal enum Verdict
{
    /// <summary>Live managed objects pile up under a named holder.</summary>
    ManagedLeak,

    /// <summary>The process grew while the live managed heap did not.</summary>
    NativeGrowth,

    Fragmentation,

    NoGcYet,

    /// <summary>Growth that slows down: a cache that fills.</summary>
    Saturating,

    NoGrowth,

    /// <summary>The evidence is not complete enough for a word.</summary>
    Inconclusive,
}
