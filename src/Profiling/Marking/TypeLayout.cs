using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Marking;

/// <summary>What the marker needs to know of one method table: the size of its objects and where their references lie.</summary>
internal sealed class TypeLayout(int index, PathStep step, GCDesc desc, ulong classObject)
{
    /// <summary>Counts up from 0 in the order in which types were met.</summary>
    public int Index => index;

    public PathStep Step => step;

    public GCDesc Desc { get; } = desc;

    public uint BaseBytes { get; } = desc.BaseBytes;

    public uint ComponentBytes { get; } = desc.ComponentBytes;

    /// <summary>For collectible types the LoaderAllocator, which every instance keeps alive; otherwise 0.</summary>
    public ulong ClassObject => classObject;

    /// <summary>True when nothing has to be followed: strings, arrays of numbers.</summary>
    public bool IsLeaf { get; } = desc.IsEmpty && classObject == 0;

    /// <summary>Its part in a list of the runtime that is linked through its own elements.</summary>
    public SharedListRole ListRole { get; } = SharedLists.RoleOf(step.Name);

    /// <summary>The number of <see cref="Step"/> in the retention tree; null until the first level that met the type is merged.</summary>
    public int? StepInTree { get; set; }
}
