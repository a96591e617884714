using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>What one snapshot has on a path, to be asked for many paths. 16 bytes a node besides the index.</summary>
internal sealed class PathAmounts
{
    private readonly RetentionTree _tree;
    private readonly Dictionary<(int Parent, PathStep Step), int> _children = [];
    private readonly long[] _retained;

    public PathAmounts(RetentionTree tree)
    {
        _tree = tree;
        _retained = [.. tree.Nodes.Select(node => node.Bytes)];

        // Parents come before their children.
        for (int at = tree.Nodes.Count - 1; at > 0; at--)
        {
            _retained[tree.Nodes[at].Parent] += _retained[at];
            _children[(tree.Nodes[at].Parent, tree.Nodes[at].Step)] = at;
        }
    }

    /// <summary>Objects at the end of a path.</summary>
    public long Objects(IEnumerable<PathStep> path) => Find(path) is { } node ? _tree.Nodes[node].Objects : 0;

    /// <summary>Bytes of all that hangs there.</summary>
    public long RetainedBytes(IEnumerable<PathStep> path) => Find(path) is { } node ? _retained[node] : 0;

    private int? Find(IEnumerable<PathStep> path)
    {
        int at = 0;
        foreach (PathStep step in path)
        {
            if (!_children.TryGetValue((at, step), out at))
            {
                return null;
            }
        }

        return at;
    }
}
