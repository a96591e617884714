namespace HeapDrift.Profiling.Tests.Watching;

/// <summary>Tests that measure the memory of this process: they run when no other test does, since each of them may free more than these allocate.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcessCollection
{
    public const string Name = "the whole process";
}
