namespace HeapDrift.Instrumentation.Tests.Metrics;

/// <summary>
/// Whoever collects gets the meters of the whole process, and every captured or hosted worker of another test has some: these run when no
/// other test does.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeterCollection
{
    public const string Name = "meters";
}
