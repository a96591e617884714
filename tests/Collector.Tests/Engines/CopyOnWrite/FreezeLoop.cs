using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>tests/Targets/FreezeLoop: a tool to be killed.</summary>
internal static class FreezeLoop
{
    public static string Path => System.IO.Path.Combine(RepositoryPaths.Output("FreezeLoop"), "FreezeLoop");
}
