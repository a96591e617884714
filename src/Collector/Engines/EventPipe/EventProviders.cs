namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>Names of the runtime's event providers.</summary>
internal static class EventProviders
{
    /// <summary>Collections, allocations, the heap (dotnet/runtime, ClrEtwAll.man).</summary>
    public const string Runtime = "Microsoft-Windows-DotNETRuntime";

    public const string SampleProfiler = "Microsoft-DotNETCore-SampleProfiler";
}
