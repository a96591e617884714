using HeapDrift.Profiling.Heap;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>What a person calls the roots of <c>GCBulkRootEdge</c>.</summary>
internal static class RootNames
{
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
