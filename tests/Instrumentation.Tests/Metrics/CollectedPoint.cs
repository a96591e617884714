namespace HeapDrift.Instrumentation.Tests.Metrics;

/// <summary>One point of one collection.</summary>
internal sealed record CollectedPoint(string Name, string Unit, double Value, IReadOnlyDictionary<string, object?> Attributes)
{
    public object? Attribute(string name) => Attributes.GetValueOrDefault(name);
}
