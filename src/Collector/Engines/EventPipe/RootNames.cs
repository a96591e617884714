using HeapDrift.Profiling.Heap;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>What a person calls the roots of a heap walk, and in which turn they claim objects.</summary>
internal static class RootNames
{
    private const string OwnStatics = "static HeapDrift.";

    /// <summary>The turn of a static field whose name is known.</summary>
    public static RootKind KindOf(string name, bool isThreadStatic) =>
        name.Contains(OwnStatics, StringComparison.Ordinal) ? RootKind.Observer
        : isThreadStatic ? RootKind.ThreadStatic
        : RootKind.Static;

    public static (RootKind Kind, string Name) Of(GCRootKind kind, GCRootFlags flags) => kind switch
    {
        GCRootKind.Stack => (RootKind.Stack, "stack of a thread"),
        GCRootKind.Finalizer => (RootKind.FinalizerQueue, "finalizer queue"),
        GCRootKind.Handle when flags.HasFlag(GCRootFlags.RefCounted) => (RootKind.Handle, "reference-counted handle"),
        GCRootKind.Handle when flags.HasFlag(GCRootFlags.Pinning) => (RootKind.Handle, "pinned handle"),
        GCRootKind.Handle => (RootKind.Handle, "strong handle"),
        _ => (RootKind.Other, "other root"),
    };
}
