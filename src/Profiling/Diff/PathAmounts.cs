using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>What one snapshot has on a path, to be asked for many paths. 16 bytes a node besides the index.</summary>
internal sealed class PathAmounts
{
    private readonly RetentionTree _tree;
    private readonly Dictionary<(int Parent, PathStep Step), int> _children = [];
    private readonly long[] _retained;
    private readonly Singletons _singletons;

    public PathAmounts(RetentionTree tree)
    {
        _tree = tree;
        _singletons = new Singletons(tree);
        _retained = [.. tree.Nodes.Select(node => node.Bytes)];

        // Parents come before their children.
        for (int at = tree.Nodes.Count - 1; at > 0; at--)
        {
            _retained[tree.Nodes[at].Parent] += _retained[at];
            _children[(tree.Nodes[at].Parent, tree.Nodes[at].Step)] = at;
        }
    }

    /// <summary>Objects at the end of a path.</summary>
    public long Objects(IReadOnlyList<PathStep> path) => Find(path) is { } node ? _tree.Nodes[node].Objects : 0;

    /// <summary>Bytes of all that hangs there.</summary>
    public long RetainedBytes(IReadOnlyList<PathStep> path) => Find(path) is { } node ? _retained[node] : 0;

    /// <summary>From the last object on it that is the only one of its type: on which way that was reached may have changed.</summary>
    private int? Find(IReadOnlyList<PathStep> path)
    {
        for (int from = path.Count - 1; from >= 0; from--)
        {
            if (_singletons.Find(path[from]) is { } singleton)
            {
                return Descend(singleton, path.Skip(from + 1));
            }
        }

        return Descend(0, path);
    }

    private int? Descend(int from, IEnumerable<PathStep> steps)
    {
        int at = from;
        foreach (PathStep step in steps)
        {
            if (!_children.TryGetValue((at, step), out at))
            {
                return null;
            }
        }

        return at;
    }
}
