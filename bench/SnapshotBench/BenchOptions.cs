namespace HeapDrift.SnapshotBench;

/// <summary>What the command line asked for.</summary>
/// <param name="Only">Rows to measure; empty means all.</param>
/// <param name="Snapshots">How many the worker under load gets, one after the other.</param>
internal sealed record BenchOptions(IReadOnlyList<string> Only, int Repeat, long Objects, int Snapshots, string Engine)
{
    /// <summary>What everybody has without the copy, and the baseline of most rows.</summary>
    public const string BaselineEngine = "eventpipe";
}
