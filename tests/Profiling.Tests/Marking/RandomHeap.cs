using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>
/// Any graph of objects of all layouts, and the tree that follows from the rules alone: kinds of roots in their order, then the shortest
/// path, then the holder with the lowest node; new nodes in the order of holder and name.
/// </summary>
internal sealed class RandomHeap
{
    private const int Segments = 7;
    private const int MostReferences = 12;
    private const int MostElements = 40;

    private readonly Random _random;
    private readonly List<Drawn> _objects = [];
    private readonly List<(RootKind Kind, string Name, int Target)> _roots = [];

    public RandomHeap(int seed, int objects)
    {
        _random = new Random(seed);
        FakeType[] types = Types();
        for (int at = 0; at < objects; at++)
        {
            if (at % ((objects / Segments) + 1) == 0)
            {
                // Some 100 GB apart, at any page.
                Heap.Segment(FakeHeap.Start + ((ulong)(_objects.Count * (long)Segments / objects) << 37) + ((ulong)_random.Next(10_000) * FakeHeap.PageBytes), 64 << 20);
            }

            _objects.Add(Draw(types[_random.Next(types.Length)], at, objects));
        }

        Link();
        AddRoots();
    }

    public FakeHeap Heap { get; } = new();

    /// <summary>One level after the other on one thread, without a thought of speed.</summary>
    public RetentionTree Expected()
    {
        var tree = new RetentionTreeBuilder();
        int[] nodeOf = new int[_objects.Count];
        foreach (IGrouping<RootKind, (RootKind Kind, string Name, int Target)> kind in _roots.GroupBy(root => root.Kind).OrderBy(group => group.Key))
        {
            List<(int Target, int Holder)> level = [];
            foreach ((_, string name, int target) in kind.OrderBy(root => root.Name, StringComparer.Ordinal))
            {
                level.Add((target, tree.Descend(RetentionTreeBuilder.Heap, tree.Intern(new PathStep(name, null, PathStepKind.Root)))));
            }

            while (level.Count != 0)
            {
                level = Visit(level, nodeOf, tree);
            }
        }

        return tree.Build();
    }

    private List<(int Target, int Holder)> Visit(List<(int Target, int Holder)> level, int[] nodeOf, RetentionTreeBuilder tree)
    {
        IEnumerable<(int Target, int Holder)> reached = level.Where(found => nodeOf[found.Target] == 0)
            .GroupBy(found => found.Target)
            .Select(found => (Target: found.Key, Holder: found.Min(each => each.Holder)))
            .OrderBy(found => found.Holder)
            .ThenBy(found => _objects[found.Target].Type.Name, StringComparer.Ordinal);
        List<(int Target, int Holder)> next = [];
        foreach ((int target, int holder) in reached.ToArray())
        {
            Drawn drawn = _objects[target];
            int node = nodeOf[target] = tree.Descend(holder, tree.Intern(new PathStep(drawn.Type.Name, "Shop.dll", PathStepKind.Type)));
            tree.Count(node, (long)drawn.Type.BytesOf(drawn.Elements));
            next.AddRange(drawn.Targets.Where(to => to >= 0).Select(to => (to, node)));
        }

        return next;
    }

    private FakeType[] Types() =>
    [
        Heap.String,
        Heap.ArrayOfNumbers("System.Byte[]", 1),
        Heap.ArrayOfReferences("System.Object[]"),
        Heap.ArrayOfReferences("Shop.Order[]"),
        Heap.ArrayOfStructs("Shop.Entry[]", 4, 0, 3),
        Heap.ArrayOfStructs("Shop.Line[]", 5, 2, 3),
        .. Enumerable.Range(0, 20).Select(at => Heap.Class($"Shop.Class{at}", 7, 0, 1, 3, 6)),
        .. Enumerable.Range(0, 4).Select(at => Heap.Class($"Shop.Small{at}", 2, 1)),
    ];

    private Drawn Draw(FakeType type, int at, int objects)
    {
        if (type.References.Length == 0)
        {
            uint length = (uint)_random.Next(MostElements);
            return new Drawn(type, Heap.NewArray(type, length), length, []);
        }

        int references = type.ComponentBytes == 0 ? type.References.Length : _random.Next(MostReferences);
        int[] targets = [.. Enumerable.Range(0, references).Select(_ => Target(at, objects))];
        return new Drawn(type, Heap.New(type, new ulong[references]), type.ElementsFor(references), targets);
    }

    /// <summary>Half of the references stay in the neighbourhood, some are null.</summary>
    private int Target(int from, int objects) => _random.Next(8) switch
    {
        0 or 1 => -1,
        2 or 3 => _random.Next(objects),
        _ => Math.Clamp(from + _random.Next(-200, 200), 0, objects - 1),
    };

    private void Link()
    {
        foreach (Drawn drawn in _objects)
        {
            for (int at = 0; at < drawn.Targets.Length; at++)
            {
                Heap.Link(drawn.Address, at, drawn.Targets[at] < 0 ? 0 : _objects[drawn.Targets[at]].Address);
            }
        }
    }

    private void AddRoots()
    {
        RootKind[] kinds = [.. Enum.GetValues<RootKind>()];
        for (int root = 0; root < 40; root++)
        {
            (RootKind Kind, string Name, int Target) drawn = (kinds[_random.Next(kinds.Length)], $"root {_random.Next(20)}", _random.Next(_objects.Count));
            _roots.Add(drawn);
            Heap.Root(drawn.Kind, drawn.Name, _objects[drawn.Target].Address);
        }
    }

    private sealed record Drawn(FakeType Type, ulong Address, uint Elements, int[] Targets);
}
