namespace HeapDrift.Collector.Tests;

/// <summary>Tests that change this process's environment, where all other tests would see it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnvironmentCollection
{
    public const string Name = "environment";
}
