namespace HeapDrift.LeakScore;

/// <summary>What the command line asked for.</summary>
/// <param name="Only">Names of programs; empty means all.</param>
/// <param name="Output">Where the reports stay; null where nobody wants them.</param>
internal sealed record ScoreOptions(IReadOnlyList<string> Only, string Window, string Engine, int Parallel, string? Output);
