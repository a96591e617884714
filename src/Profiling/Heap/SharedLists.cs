namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Lists of the runtime whose elements are linked through themselves: whoever refers to one element can reach all others by its neighbours
/// without holding them. The queue of timers and the registrations of a cancellation token are walked from their owner only, or an
/// object that keeps its own timer would be named as the holder of everybody's.
/// </summary>
internal sealed class SharedLists
{
    /// <summary>Element and owner (System.Private.CoreLib, src/System/Threading/Timer.cs and CancellationTokenSource.cs).</summary>
    private static readonly (string Element, string Owner)[] Known =
    [
        ("System.Threading.TimerQueueTimer", "System.Threading.TimerQueue"),
        ("System.Threading.CancellationTokenSource+CallbackNode", "System.Threading.CancellationTokenSource+Registrations"),
    ];

    private const int None = -1;

    private readonly int[] _ownerOf;

    /// <param name="types">The types in the order of their numbers.</param>
    public SharedLists(IReadOnlyList<PathStep> types)
    {
        _ownerOf = [.. types.Select(_ => None)];
        foreach ((string element, string owner) in Known)
        {
            int elementType = Find(types, element);
            if (elementType != None)
            {
                _ownerOf[elementType] = Find(types, owner);
            }
        }
    }

    /// <summary>Whether a reference between objects of these types is a link of a list, from its owner or from one element to the next.</summary>
    public bool IsLink(int fromType, int toType) => _ownerOf[toType] is not None and int owner && (fromType == owner || fromType == toType);

    /// <summary>The part that objects of this type have in one of the lists.</summary>
    public static SharedListRole RoleOf(string type)
    {
        for (int list = 0; list < Known.Length; list++)
        {
            if (Known[list].Element == type || Known[list].Owner == type)
            {
                return new SharedListRole(list + 1, Known[list].Owner == type);
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
internal readonly record struct SharedListRole(int List, bool IsOwner)
{
    public bool IsAny => List != 0;

    /// <summary>Whether a reference to an object of that role is a link, from the owner or from one element to the next.</summary>
    public bool LinksTo(SharedListRole target) => List != 0 && List == target.List && !target.IsOwner;
}
