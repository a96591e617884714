using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines;

/// <summary>The engines by the names that <c>--engine</c> takes.</summary>
internal static class EngineChoice
{
    public const string Auto = "auto";

    public static readonly IReadOnlyList<string> Names = [Auto, CopyOnWriteEngine.Name, EventPipeEngine.Name];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="proc">What the kernel tells of the worker.</param>
    /// <param name="clock">Times the snapshots.</param>
    /// <param name="onFallback">Told why <c>auto</c> did not take the first engine.</param>
    public static ISnapshotEngine Create(string name, ProcFileSystem proc, TimeProvider clock, Action<string> onFallback) => name switch
    {
        CopyOnWriteEngine.Name => new CopyOnWriteEngine(proc, clock),
        EventPipeEngine.Name => new EventPipeEngine(clock),
        _ => new AutoEngine(new CopyOnWriteEngine(proc, clock), new EventPipeEngine(clock), onFallback),
    };
}
