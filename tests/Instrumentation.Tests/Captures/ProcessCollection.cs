namespace HeapDrift.Instrumentation.Tests.Captures;

/// <summary>
/// Tests that write a script and run it, one after the other: while one forks, the child briefly holds the other's script open for
/// writing, and the kernel refuses to run it (execve(2), ETXTBSY).
/// </summary>
[CollectionDefinition(Name)]
public sealed class ProcessCollection
{
    public const string Name = "processes";
}
