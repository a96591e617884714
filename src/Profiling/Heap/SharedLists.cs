namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Lists of the runtime whose elements are linked through themselves: whoever refers to one element can reach all others by its neighbours
/// without holding them. The queue of timers and the registrations of a cancellation token are walked from their owner only, or an
/// object that keeps its own timer would be named as the holder of everybody's.
/// </summary>
internal sealed class SharedLists
{
    /// <summary>
    /// Element and owner (System.Private.CoreLib, src/System/Threading/Timer.cs and CancellationTokenSource.cs), and whether all owners lie in a static
    /// field, so that the way back from an element need not be gone: it would lead from anybody's own timer to everybody's.
    /// </summary>
    private static readonly (string Element, string Owner, bool IsOwnerStatic)[] Known =
    [
        ("System.Threading.TimerQueueTimer", "System.Threading.TimerQueue", true),
        ("System.Threading.CancellationTokenSource+CallbackNode", "System.Threading.CancellationTokenSource+Registrations", false),
    ];

    private const int None = -1;

    private readonly int[] _ownerOf;
    private readonly int[] _staticOwnerOf;

    /// <param name="types">The types in the order of their numbers.</param>
    public SharedLists(IReadOnlyList<PathStep> types)
    {
        _ownerOf = [.. types.Select(_ => None)];
        _staticOwnerOf = [.. types.Select(_ => None)];
        foreach ((string element, string owner, bool isOwnerStatic) in Known)
        {
            int elementType = Find(types, element);
            if (elementType != None)
            {
                _ownerOf[elementType] = Find(types, owner);
                _staticOwnerOf[elementType] = isOwnerStatic ? _ownerOf[elementType] : None;
            }
        }
    }

    /// <summary>Whether a reference between objects of these types is a link of a list, from its owner or from one element to the next.</summary>
    public bool IsLink(int fromType, int toType) => _ownerOf[toType] is not None and int owner && (fromType == owner || fromType == toType);

    /// <summary>Whether a reference leads from an element back to an owner that is held by a static field anyway.</summary>
    public bool LeadsBack(int fromType, int toType) => _staticOwnerOf[fromType] is not None and int owner && owner == toType;

    /// <summary>The part that objects of this type have in one of the lists.</summary>
    public static SharedListRole RoleOf(string type)
    {
        for (int list = 0; list < Known.Length; list++)
        {
            if (Known[list].Element == type || Known[list].Owner == type)
            {
                return new SharedListRole(list + 1, Known[list].Owner == type, Known[list].IsOwnerStatic);
            }
        }

        return default;
    }

    private static int Find(IReadOnlyList<PathStep> types, string name)
    {
        for (int type = 0; type < types.Count; type++)
        {
            if (types[type].Name == name)
            {
                return type;
            }
        }

        return None;
    }
}

/// <summary>What objects of a type are in a shared list.</summary>
/// <param name="List">Which list, 0 for none.</param>
/// <param name="IsOwner">Its owner; otherwise one of its elements.</param>
/// <param name="IsOwnerStatic">A static field holds all owners.</param>
internal readonly record struct SharedListRole(int List, bool IsOwner, bool IsOwnerStatic)
{
    public bool IsAny => List != 0;

    /// <summary>Whether a reference to an object of that role is a link, from the owner or from one element to the next.</summary>
    public bool LinksTo(SharedListRole target) => List != 0 && List == target.List && !target.IsOwner;

    /// <inheritdoc cref="SharedLists.LeadsBack"/>
    public bool LeadsBackTo(SharedListRole target) => List != 0 && List == target.List && IsOwnerStatic && !IsOwner && target.IsOwner;
}
