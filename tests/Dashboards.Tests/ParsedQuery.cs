namespace HeapDrift.Dashboards.Tests;

/// <summary>What the parser of a query's own editor says of it.</summary>
/// <param name="Errors">Positions in the text.</param>
/// <param name="Selectors">Of PromQL.</param>
internal sealed record ParsedQuery(IReadOnlyList<int> Errors, IReadOnlyList<Selector> Selectors);

/// <summary>A series selector of PromQL.</summary>
/// <param name="Metric">Null where it is told by a matcher.</param>
/// <param name="Matchers">Operator and value by label.</param>
/// <param name="Range">Of a range vector, else null.</param>
/// <param name="Functions">Around it, the nearest first.</param>
internal sealed record Selector(string? Metric, IReadOnlyDictionary<string, string> Matchers, string? Range, IReadOnlyList<string> Functions);
