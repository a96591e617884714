using HeapDrift.Profiling.Diff;

namespace HeapDrift.Profiling.Heap;

/// <summary>A place outside the heap that keeps an object alive.</summary>
/// <param name="Kind">In which turn its objects are claimed.</param>
/// <param name="Name">What a person calls it, for example <c>static Shop.Cache.Sessions</c>.</param>
/// <param name="Address">The object it refers to.</param>
internal readonly record struct HeapRoot(RootKind Kind, string Name, ulong Address)
{
    /// <summary>Whose static field it is, where that was looked for.</summary>
    public TypeOrigin? Origin { get; init; }

    public PathStep Step => new(Name, null, PathStepKind.Root) { Origin = Origin };
}

/// <summary>
/// Kinds of roots in the order in which they claim objects. What a static field holds is the static field's, even while some stack or
/// handle refers to it too: stacks differ from snapshot to snapshot, and a subtree that changes hands would look like growth.
/// </summary>
internal enum RootKind
{
    Static,
    ThreadStatic,

    /// <summary>
    /// Static fields of the platform in which callbacks wait for time or the network: from one moment to the next others, and any of them leads to everything. Before
    /// handles, some of which are the runtime's own to its static fields.
    /// </summary>
    Waiting,
    Handle,
    FinalizerQueue,
    Stack,
    Other,

    /// <summary>HeapDrift's own statics come last, so that the observer claims nothing that anybody else holds.</summary>
    Observer,
}
