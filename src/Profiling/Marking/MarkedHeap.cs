using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace HeapDrift.Profiling.Marking;

/// <summary>What all workers share while they mark one heap.</summary>
internal sealed class MarkedHeap
{
    private readonly ConcurrentDictionary<ulong, TypeLayout?> _types = new();
    private readonly ConcurrentDictionary<int, TypeLayout> _byIndex = new();
    private readonly FrozenDictionary<ulong, ulong[]> _dependents;
    private readonly FrozenSet<int> _chunksWithKeys;
    private readonly FrozenDictionary<ulong, ulong> _sampled;
    private readonly FrozenSet<int> _chunksWithSamples;
    private readonly Func<ulong, TypeLayout?> _resolve;
    private int _nonTypes;

    /// <param name="map">Where objects are.</param>
    /// <param name="memory">Their bytes.</param>
    /// <param name="dependents">Key and value of each dependent handle: the value lives as long as the key does.</param>
    /// <param name="resolve">Finds a type by its method table; null where there is none. Called from several threads.</param>
    /// <param name="sampled">Objects of which is noted on which path they were reached: address and method table.</param>
    public MarkedHeap(
        HeapMap map, IHeapMemory memory, IEnumerable<(ulong Key, ulong Value)> dependents, Func<ulong, TypeLayout?> resolve, IReadOnlyDictionary<ulong, ulong>? sampled = null)
    {
        (Map, Reader, _resolve) = (map, new HeapReader(map, memory), resolve);
        _dependents = dependents.GroupBy(pair => pair.Key).ToFrozenDictionary(group => group.Key, group => group.Select(pair => pair.Value).ToArray());
        _chunksWithKeys = _dependents.Keys.Select(map.Find).ToFrozenSet();
        _sampled = (sampled ?? FrozenDictionary<ulong, ulong>.Empty).ToFrozenDictionary();
        _chunksWithSamples = _sampled.Keys.Select(map.Find).ToFrozenSet();
    }

    public HeapMap Map { get; }

    public HeapReader Reader { get; }

    public bool HasKeys(int chunk) => _chunksWithKeys.Contains(chunk);

    public bool HasSamples(int chunk) => _chunksWithSamples.Contains(chunk);

    /// <summary>Whether an object was sampled when it was allocated, and is that one still.</summary>
    public bool IsSampled(ulong address, TypeLayout type) => _sampled.TryGetValue(address, out ulong methodTable) && TypeOf(methodTable) == type;

    public ulong[] DependentsOf(ulong key) => _dependents.GetValueOrDefault(key, []);

    /// <summary>The type of a method table, each found once. What is none is remembered too, as long as that does not become a heap of its own.</summary>
    public TypeLayout? TypeOf(ulong methodTable)
    {
        if (_types.TryGetValue(methodTable, out TypeLayout? known))
        {
            return known;
        }

        TypeLayout? resolved = _resolve(methodTable);
        TypeLayout? one = resolved is null && Interlocked.Increment(ref _nonTypes) > Limits.NonTypes ? null : _types.GetOrAdd(methodTable, resolved);
        if (one is not null)
        {
            _byIndex[one.Index] = one;
        }

        return one;
    }

    /// <summary>The type that a worker saw before.</summary>
    public TypeLayout TypeOf(LeafHead leaf) => _byIndex[leaf.Type];
}
