using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Tests.Heap;

/// <summary>A heap drawn in a few lines: objects of named types, references between them, roots.</summary>
internal sealed class HeapSketch
{
    /// <summary>Every object has this size, so that expected bytes are easy to count.</summary>
    public const int ObjectBytes = 32;

    private readonly List<(string Type, long Bytes, List<int> References)> _objects = [];
    private readonly List<HeapRoot> _roots = [];
    private readonly List<(int Key, int Value)> _dependents = [];

    /// <summary>Adds an object and returns its number.</summary>
    public int Add(string type, params int[] references) => AddSized(type, ObjectBytes, references);

    public int AddSized(string type, long bytes, params int[] references)
    {
        _objects.Add((type, bytes, [.. references]));
        return _objects.Count - 1;
    }

    public void Link(int from, int to) => _objects[from].References.Add(to);

    public HeapSketch Static(string name, int target) => Root(RootKind.Static, "static " + name, target);

    public HeapSketch Root(RootKind kind, string name, int target)
    {
        _roots.Add(new HeapRoot(kind, name, Address(target)));
        return this;
    }

    public void Depend(int key, int value) => _dependents.Add((key, value));

    public HeapSnapshot Snapshot(params string[] gaps)
    {
        string[] names = [.. _objects.Select(seen => seen.Type).Distinct()];
        PathStep[] types = [.. names.Select(name => new PathStep(name, ModuleOf(name), PathStepKind.Type))];
        ObjectGraph graph = Graph(names);
        IReadOnlyList<TypeUsage> usage = TypeTally.Of(graph).ToUsage(types);
        return new HeapSnapshot
        {
            Engine = "eventpipe",
            TakenAt = DateTimeOffset.UnixEpoch,
            Pause = TimeSpan.FromMilliseconds(5),
            Duration = TimeSpan.FromMilliseconds(50),
            LiveObjects = graph.Objects,
            LiveBytes = usage.Sum(type => type.Bytes),
            Types = usage,
            Retention = new RetentionWalk(graph, types).Run(_roots, CancellationToken.None),
            Gaps = gaps,
            Coverage = 1,
        };
    }

    private ObjectGraph Graph(string[] names)
    {
        var graph = new ObjectGraph();
        for (int at = 0; at < _objects.Count; at++)
        {
            graph.AddObject(Address(at), (ulong)_objects[at].Bytes, Array.IndexOf(names, _objects[at].Type), _objects[at].References.Count);
        }

        foreach (int reference in _objects.SelectMany(seen => seen.References))
        {
            graph.AddReference(Address(reference));
        }

        foreach ((int key, int value) in _dependents)
        {
            graph.AddDependent(Address(key), Address(value));
        }

        return graph;
    }

    private static ulong Address(int number) => 0x7f00_0000_0000UL + ((ulong)number * 64);

    private static string ModuleOf(string type) => type.StartsWith("Shop", StringComparison.Ordinal) ? "Shop.dll" : "System.Private.CoreLib.dll";
}
