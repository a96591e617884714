using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Grows a <see cref="RetentionTree"/> while a marker walks the heap breadth-first. Nothing is stored per object but the node it
/// was reached on; a step costs one dictionary look-up. Not thread-safe.
/// </summary>
internal sealed class RetentionTreeBuilder
{
    /// <summary>
    /// Paths beyond this number join their holder's node, so that a heap without shape (a deep trie of generated types) cannot eat the
    /// tool's memory: 64 bytes a node, 32 MB in all. Real services stay below 50,000.
    /// </summary>
    public const int MostNodes = 500_000;

    /// <summary>Steps of one path; what lies deeper joins its holder's node. Folded paths of real services have up to 60.</summary>
    public const int MostSteps = 1_000;

    private readonly List<Node> _nodes = [new Node(-1, 0, 0)];
    private readonly List<PathStep> _steps = [RetentionTree.Empty.Nodes[0].Step];
    private readonly Dictionary<PathStep, int> _stepIndex = [];
    private readonly Dictionary<(int Node, int Step), int> _children = [];

    /// <summary>The node of the heap itself, parent of all roots.</summary>
    public const int Heap = 0;

    /// <summary>True once a path had to join its holder because of <see cref="MostNodes"/> or <see cref="MostSteps"/>.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Gives a step a small number, the same for equal steps.</summary>
    public int Intern(PathStep step)
    {
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_stepIndex, step, out bool known);
        if (!known)
        {
            index = _steps.Count;
            _steps.Add(step);
        }

        return index;
    }

    /// <summary>
    /// The node reached from <paramref name="node"/> by one step. Recursion is folded: a step that the path contains already leads back
    /// to where it occurred, so that a linked list is one node and not as many as it has links.
    /// </summary>
    public int Descend(int node, int step)
    {
        ref int child = ref CollectionsMarshal.GetValueRefOrAddDefault(_children, (node, step), out bool known);
        if (!known)
        {
            child = FindOnPath(node, step) ?? Add(node, step);
        }

        return child;
    }

    /// <summary>What <see cref="Descend"/> would give, as long as that needs no new node. Any number of threads may ask while none adds.</summary>
    public int? TryFind(int node, int step) =>
        _children.TryGetValue((node, step), out int child) ? child : FindOnPath(node, step);

    /// <summary>Counts one object at a node.</summary>
    public void Count(int node, long bytes) => Count(node, 1, bytes);

    /// <summary>Counts many objects at a node.</summary>
    public void Count(int node, long objects, long bytes)
    {
        ref Node counted = ref CollectionsMarshal.AsSpan(_nodes)[node];
        counted.Objects += objects;
        counted.Bytes += bytes;
    }

    public RetentionTree Build() => new([.. _nodes.Select(node => new RetentionNode(node.Parent, _steps[node.Step], node.Objects, node.Bytes))]);

    private int? FindOnPath(int node, int step)
    {
        for (int at = node; at > Heap; at = _nodes[at].Parent)
        {
            if (_nodes[at].Step == step)
            {
                return at;
            }
        }

        return null;
    }

    private int Add(int parent, int step)
    {
        int depth = _nodes[parent].Depth + 1;
        if (_nodes.Count >= MostNodes || depth > MostSteps)
        {
            IsTruncated = true;
            return parent;
        }

        _nodes.Add(new Node(parent, step, depth));
        return _nodes.Count - 1;
    }

    private record struct Node(int Parent, int Step, int Depth)
    {
        public long Objects { get; set; }

        public long Bytes { get; set; }
    }
}
