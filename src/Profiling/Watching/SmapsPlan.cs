namespace HeapDrift.Profiling.Watching;

/// <summary>What <see cref="SmapsPace"/> permits at one moment.</summary>
/// <param name="Rollup">Read smaps_rollup.</param>
/// <param name="Ledger">Read smaps.</param>
/// <param name="WhyNoRollup">One sentence where smaps_rollup is not read at all because of its cost, else null.</param>
internal readonly record struct SmapsPlan(bool Rollup, bool Ledger, string? WhyNoRollup)
{
    public bool ReadsMappings => Rollup || Ledger;
}
