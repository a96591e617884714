namespace HeapDrift.Profiling.Heap;

/// <summary>
/// The objects of a tree that are the only ones of their type. Such a one is the same object in every snapshot of a worker, wherever it was reached: a service
/// provider hangs on timers in one and on a socket in the next, with all that its services hold. O(nodes).
/// </summary>
internal sealed class Singletons
{
    private readonly Dictionary<PathStep, (long Objects, int Node)> _types = [];

    public Singletons(RetentionTree tree)
    {
        for (int at = 0; at < tree.Nodes.Count; at++)
        {
            RetentionNode node = tree.Nodes[at];
            if (node.Step.Kind == PathStepKind.Type && node.Objects != 0)
            {
                _types[node.Step] = (_types.GetValueOrDefault(node.Step).Objects + node.Objects, at);
            }
        }
    }

    /// <summary>The node of the only object of a type; null where there are more or none.</summary>
    public int? Find(PathStep type) => _types.TryGetValue(type, out (long Objects, int Node) found) && found.Objects == 1 ? found.Node : null;
}
