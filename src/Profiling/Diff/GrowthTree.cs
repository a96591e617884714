using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>Two retention trees laid over each other, path by path. Never by address: objects move and are replaced, holders stay.</summary>
internal static class GrowthTree
{
    /// <summary>
    /// The heap's node, with everything that either tree has beneath it. What hangs on an object that is the only one of its type in both lies on
    /// the path of the final tree: which of many ways to it is the shortest differs from snapshot to snapshot. O(nodes of both trees).
    /// </summary>
    public static Growth Compare(RetentionTree baseline, RetentionTree final)
    {
        var root = new GrowthNode(null, final.Nodes[0].Step);
        GrowthNode[] ofFinal = Lay(root, final, _ => null, (node, seen) =>
        {
            node.ObjectsAfter += seen.Objects;
            node.BytesAfter += seen.Bytes;
        });
        (Singletons before, Singletons after) = (new Singletons(baseline), new Singletons(final));
        Lay(root, baseline, at => before.Find(baseline.Nodes[at].Step) == at && after.Find(baseline.Nodes[at].Step) is { } same ? ofFinal[same] : null, (node, seen) =>
        {
            node.ObjectsBefore += seen.Objects;
            node.BytesBefore += seen.Bytes;
        });
        SumUp(root);
        return new Growth(root, ofFinal);
    }

    private static GrowthNode[] Lay(GrowthNode root, RetentionTree tree, Func<int, GrowthNode?> place, Action<GrowthNode, RetentionNode> count)
    {
        var laid = new GrowthNode[tree.Nodes.Count];
        laid[0] = root;
        for (int at = 1; at < laid.Length; at++)
        {
            RetentionNode seen = tree.Nodes[at];
            laid[at] = place(at) ?? laid[seen.Parent].Child(seen.Step);
            count(laid[at], seen);
        }

        return laid;
    }

    /// <summary>Children before parents, without recursion: a path may have hundreds of steps.</summary>
    private static void SumUp(GrowthNode root)
    {
        List<GrowthNode> nodes = [root];
        for (int at = 0; at < nodes.Count; at++)
        {
            nodes.AddRange(nodes[at].Children);
        }

        for (int at = nodes.Count - 1; at >= 0; at--)
        {
            nodes[at].RetainedBytesDelta = nodes[at].BytesDelta + nodes[at].Children.Sum(child => child.RetainedBytesDelta);
            nodes[at].RetainedBefore = nodes[at].BytesBefore + nodes[at].Children.Sum(child => child.RetainedBefore);
        }
    }
}

/// <summary>Two trees laid over each other.</summary>
/// <param name="Heap">The node of the heap itself.</param>
/// <param name="OfFinal">For each node of the final snapshot's tree the one that it became.</param>
internal sealed record Growth(GrowthNode Heap, IReadOnlyList<GrowthNode> OfFinal);

/// <summary>One path in both snapshots. Deltas are final minus baseline.</summary>
internal sealed class GrowthNode(GrowthNode? parent, PathStep step)
{
    private readonly Dictionary<PathStep, GrowthNode> _children = [];

    public GrowthNode? Parent => parent;

    public PathStep Step => step;

    public IReadOnlyCollection<GrowthNode> Children => _children.Values;

    public long ObjectsBefore { get; set; }

    public long ObjectsAfter { get; set; }

    public long ObjectsDelta => ObjectsAfter - ObjectsBefore;

    public long BytesBefore { get; set; }

    public long BytesAfter { get; set; }

    /// <summary>Bytes of the objects on this path alone.</summary>
    public long BytesDelta => BytesAfter - BytesBefore;

    /// <summary>Bytes of this path and all paths beneath it.</summary>
    public long RetainedBytesDelta { get; set; }

    /// <summary>The same in the baseline.</summary>
    public long RetainedBefore { get; set; }

    public bool IsArray => step.Kind == PathStepKind.Type && step.Name.EndsWith(']');

    public TypeOrigin Origin => TypeOrigins.Of(step);

    /// <summary>From the root of the path to this node, without the heap itself.</summary>
    public IReadOnlyList<PathStep> Path()
    {
        var steps = new List<PathStep>();
        for (GrowthNode at = this; at.Parent is not null; at = at.Parent)
        {
            steps.Add(at.Step);
        }

        steps.Reverse();
        return steps;
    }

    public GrowthNode Child(PathStep childStep)
    {
        if (!_children.TryGetValue(childStep, out GrowthNode? child))
        {
            _children[childStep] = child = new GrowthNode(this, childStep);
        }

        return child;
    }
}
