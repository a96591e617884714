using HeapDrift.Profiling.Heap;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Engines;

/// <summary>What a person calls the roots of a heap, and in which turn they claim objects: the same words from both engines.</summary>
internal static class RootNames
{
    /// <summary>Of types whose names are not known, the generic ones.</summary>
    public const string ThreadStatics = "thread statics";

    public const string FinalizerQueue = "finalizer queue";
    public const string StrongHandle = "strong handle";
    public const string PinnedHandle = "pinned handle";
    public const string ReferenceCountedHandle = "reference-counted handle";
    public const string Other = "other root";

    private const string OwnStatics = "static HeapDrift.";

    /// <summary>
    /// Timers and sockets that something waits for (System.Private.CoreLib, src/System/Threading/Timer.cs; System.Net.Sockets, SocketAsyncEngine.Unix.cs). By any
    /// of them the whole application can be reached, its services too, and by others in the next moment.
    /// </summary>
    private static readonly string[] Waiting = ["static System.Threading.TimerQueue.", "static System.Net.Sockets.SocketAsyncEngine."];

    /// <summary>The turn of a static field whose name is known.</summary>
    public static RootKind KindOf(string name, bool isThreadStatic) =>
        name.Contains(OwnStatics, StringComparison.Ordinal) ? RootKind.Observer
        : isThreadStatic ? RootKind.ThreadStatic
        : Array.Exists(Waiting, start => name.StartsWith(start, StringComparison.Ordinal)) ? RootKind.Waiting
        : RootKind.Static;

    /// <summary>For example <c>static Shop.Cache.Sessions</c>; the field alone where its class is not known.</summary>
    public static string OfField(string? declaringClass, string field, bool isThreadStatic)
    {
        string keyword = isThreadStatic ? "thread static" : "static";
        string name = ReadableFieldName(field);
        return declaringClass is null ? $"{keyword} {name}" : $"{keyword} {declaringClass}.{name}";
    }

    public static (RootKind Kind, string Name) Of(GCRootKind kind, GCRootFlags flags) => kind switch
    {
        GCRootKind.Stack => (RootKind.Stack, "stack of a thread"),
        GCRootKind.Finalizer => (RootKind.FinalizerQueue, FinalizerQueue),
        GCRootKind.Handle when flags.HasFlag(GCRootFlags.RefCounted) => (RootKind.Handle, ReferenceCountedHandle),
        GCRootKind.Handle when flags.HasFlag(GCRootFlags.Pinning) => (RootKind.Handle, PinnedHandle),
        GCRootKind.Handle => (RootKind.Handle, StrongHandle),
        _ => (RootKind.Other, Other),
    };

    /// <summary>The property's name for the compiler's <c>&lt;Sessions&gt;k__BackingField</c>.</summary>
    private static string ReadableFieldName(string field) =>
        field.StartsWith('<') && field.EndsWith(">k__BackingField", StringComparison.Ordinal) ? field[1..field.IndexOf('>', StringComparison.Ordinal)] : field;
}
