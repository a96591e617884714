using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// The paths on which one worker found objects, under numbers of its own. While a level runs nobody changes the retention tree, so a path
/// that is not in it yet waits here; when the level is over the new paths of all workers get their nodes in an order that does not
/// depend on who found them. Not thread-safe.
/// </summary>
internal sealed class PathTable(RetentionTreeBuilder tree)
{
    private const int Unnumbered = -1;
    private const int CacheBits = 12;

    private readonly Dictionary<(int Holder, int Type), int> _known = [];
    private readonly Dictionary<int, int> _aliases = [];
    private readonly List<Entry> _entries = [];

    /// <summary>A slot that was never filled has path 0; holder and type may be 0 in others too.</summary>
    private readonly (int Holder, int Type, int PathPlusOne)[] _cache = new (int, int, int)[1 << CacheBits];
    private int _merged;

    /// <summary>The path of objects of a type that hang on a holder's node.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public int Of(int holder, TypeLayout type)
    {
        ref (int Holder, int Type, int PathPlusOne) cached = ref _cache[(holder * 31 + type.Index) & ((1 << CacheBits) - 1)];
        if (cached.Holder != holder || cached.Type != type.Index || cached.PathPlusOne == 0)
        {
            cached = (holder, type.Index, Find(holder, type) + 1);
        }

        return cached.PathPlusOne - 1;
    }

    /// <summary>A number of our own for a node of the tree.</summary>
    public int Alias(int node)
    {
        if (!_aliases.TryGetValue(node, out int path))
        {
            _aliases[node] = path = Add(new Entry { Node = node });
        }

        return path;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public void Count(int path, ulong bytes)
    {
        ref Entry entry = ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries)[path];
        entry.Objects++;
        entry.Bytes += (long)bytes;
    }

    /// <summary>The node of a path, once the level that found it is merged.</summary>
    public int NodeOf(int path) => _entries[path].Node;

    /// <summary>Whether <see cref="TakeNew"/> has something to look at.</summary>
    public bool HasNew => _merged < _entries.Count;

    /// <summary>The paths that came since the last call and have no node yet.</summary>
    public IEnumerable<NewPath> TakeNew()
    {
        for (; _merged < _entries.Count; _merged++)
        {
            if (_entries[_merged] is { Node: Unnumbered, Type: { } type } entry)
            {
                yield return new NewPath(entry.Holder, type, this, _merged);
            }
        }
    }

    public void Number(int path, int node) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries)[path].Node = node;

    /// <summary>Adds what was counted to the tree.</summary>
    public void CountInTree()
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Objects != 0)
            {
                tree.Count(entry.Node, entry.Objects, entry.Bytes);
            }
        }
    }

    private int Find(int holder, TypeLayout type)
    {
        if (!_known.TryGetValue((holder, type.Index), out int path))
        {
            int? node = type.StepInTree is { } step ? tree.TryFind(holder, step) : null;
            _known[(holder, type.Index)] = path = Add(new Entry { Holder = holder, Type = type, Node = node ?? Unnumbered });
        }

        return path;
    }

    private int Add(Entry entry)
    {
        _entries.Add(entry);
        return _entries.Count - 1;
    }

    private struct Entry
    {
        public int Holder;
        public TypeLayout? Type;
        public int Node;
        public long Objects;
        public long Bytes;
    }
}

/// <summary>A path that the retention tree does not have yet.</summary>
internal readonly record struct NewPath(int Holder, TypeLayout Type, PathTable Table, int Path);
