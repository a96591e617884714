namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Marks an <see cref="ObjectGraph"/> breadth-first from its roots, one kind of root after the other, and counts every object at the
/// node of the retention tree on which it was reached first. Within a kind the paths are therefore the shortest. Time is linear in
/// objects and references; memory is 8 bytes an object besides the tree.
/// </summary>
internal sealed class RetentionWalk(ObjectGraph graph, IReadOnlyList<PathStep> types)
{
    private const int NotReached = -1;

    private readonly RetentionTreeBuilder _tree = new();
    private readonly SharedLists _lists = new(types);

    /// <summary>For elements of shared lists that were reached along their list: the list's node in the tree.</summary>
    private readonly Dictionary<int, int> _listOf = [];
    private readonly ChunkedList<int> _queue = new();
    private readonly int[] _stepOfType = new int[types.Count];
    private ChunkedList<int> _nodeOf = new();
    private int _queueHead;

    /// <summary>True when the heap has more different paths than the tree keeps.</summary>
    public bool IsTruncated => _tree.IsTruncated;

    public RetentionTree Run(IEnumerable<HeapRoot> roots, CancellationToken cancellationToken)
    {
        Prepare();
        foreach (IGrouping<RootKind, HeapRoot> kind in roots.GroupBy(root => root.Kind).OrderBy(group => group.Key))
        {
            // Ordered by name so that two walks of one heap give the same tree whatever the order of the events was.
            foreach (HeapRoot root in kind.OrderBy(root => root.Name, StringComparer.Ordinal))
            {
                if (graph.Find(root.Address) is >= 0 and int node)
                {
                    Reach(node, _tree.Descend(RetentionTreeBuilder.Heap, _tree.Intern(root.Step)));
                }
            }

            Drain(cancellationToken);
        }

        ClaimTheRest();
        return _tree.Build();
    }

    /// <summary>The node of an object's path; null where no object of the type lies. To be called after <see cref="Run"/>.</summary>
    public int? NodeOf(ulong address, int type) => graph.Find(address) is >= 0 and int node && graph.TypeOf(node) == type ? _nodeOf[node] : null;

    private void Prepare()
    {
        _nodeOf = new ChunkedList<int>();
        for (int node = 0; node < graph.Objects; node++)
        {
            _nodeOf.Add(NotReached);
        }

        for (int type = 0; type < types.Count; type++)
        {
            _stepOfType[type] = _tree.Intern(types[type]);
        }
    }

    private void Drain(CancellationToken cancellationToken)
    {
        while (_queueHead < _queue.Count)
        {
            if ((_queueHead & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            Expand(_queue[_queueHead++]);
        }
    }

    private void Expand(int node)
    {
        (int from, int to) = graph.ReferencesOf(node);
        for (int reference = from; reference < to; reference++)
        {
            Follow(node, graph.Find(graph.Reference(reference)));
        }

        foreach (ulong dependent in graph.DependentsOf(node))
        {
            Follow(node, graph.Find(dependent));
        }
    }

    private void Follow(int holder, int target)
    {
        if (target < 0)
        {
            return;
        }

        int holderType = graph.TypeOf(holder);
        int targetType = graph.TypeOf(target);
        if (_lists.LeadsBack(holderType, targetType))
        {
            return;
        }

        if (!_lists.IsLink(holderType, targetType))
        {
            Reach(target, _nodeOf[holder]);
        }
        else if (holderType != targetType)
        {
            Link(target, _nodeOf[holder]);
        }
        else if (_listOf.TryGetValue(holder, out int list))
        {
            Link(target, list);
        }
    }

    /// <summary>
    /// Goes on along a shared list. An element that something else holds already stays there, but the list goes on behind it.
    /// </summary>
    private void Link(int element, int list)
    {
        if (_listOf.TryAdd(element, _tree.Descend(list, _stepOfType[graph.TypeOf(element)])))
        {
            if (_nodeOf[element] == NotReached)
            {
                Claim(element, list);
            }

            _queue.Add(element);
        }
    }

    private void Reach(int node, int holder)
    {
        if (_nodeOf[node] == NotReached)
        {
            Claim(node, holder);
            _queue.Add(node);
        }
    }

    private void Claim(int node, int holder)
    {
        int at = _tree.Descend(holder, _stepOfType[graph.TypeOf(node)]);
        _nodeOf[node] = at;
        _tree.Count(at, graph.BytesOf(node));
    }

    /// <summary>
    /// What survived the collection without a root that the runtime reports (statics of generic types and of threads lie in arrays that
    /// some runtimes do not report) is counted under a root of its own, by type.
    /// </summary>
    private void ClaimTheRest()
    {
        int unknown = -1;
        for (int node = 0; node < graph.Objects; node++)
        {
            if (_nodeOf[node] != NotReached)
            {
                continue;
            }

            if (unknown < 0)
            {
                unknown = _tree.Descend(RetentionTreeBuilder.Heap, _tree.Intern(new PathStep("unreported root", null, PathStepKind.Root)));
            }

            Claim(node, unknown);
        }
    }
}
