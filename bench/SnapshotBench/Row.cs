namespace HeapDrift.SnapshotBench;

/// <summary>One line of the table.</summary>
/// <param name="Target">What was promised; null where the figure is only shown.</param>
/// <param name="IsReached">Null without a target.</param>
/// <param name="Notes">What a reader needs to judge the figure; each becomes a line below the table.</param>
internal sealed record Row(string What, string Figure, string Baseline, string Ratio, string? Target, bool? IsReached)
{
    public IReadOnlyList<string> Notes { get; init; } = [];
}
