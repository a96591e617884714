namespace HeapDrift.Instrumentation.Tests.Metrics;

/// <summary>Whoever collects gets the meters of the whole process: tests that count points and tests that make meters take turns.</summary>
[CollectionDefinition(Name)]
public sealed class MeterCollection
{
    public const string Name = "meters";
}
