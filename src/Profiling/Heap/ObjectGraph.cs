namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Every object of a heap as columns: 20 bytes an object and 8 bytes a reference, no .NET object each. Objects are added in the order
/// in which the runtime walks the heap; the references of one object follow those of the object before it.
/// </summary>
internal sealed class ObjectGraph
{
    private readonly ChunkedList<ulong> _addresses = new();
    private readonly ChunkedList<uint> _sizes = new();
    private readonly ChunkedList<int> _types = new();
    private readonly ChunkedList<int> _firstReference = new();
    private readonly ChunkedList<ulong> _references = new();
    private readonly Dictionary<ulong, List<ulong>> _dependents = [];
    private readonly ObjectAddressIndex _index;
    private long _referencesPromised;

    public ObjectGraph() => _index = new ObjectAddressIndex(_addresses);

    public int Objects => _addresses.Count;

    /// <summary>References that came, against those that the objects said they have: unequal means that some were lost.</summary>
    public bool HasAllReferences => _references.Count == _referencesPromised;

    /// <summary>Adds one object; its references come later, in the same order, by <see cref="AddReference"/>.</summary>
    /// <param name="address">Where it lies, a multiple of 8.</param>
    /// <param name="bytes">Its own size, rounded up to 8 as the heap does.</param>
    /// <param name="type">The number that the caller gave its type.</param>
    /// <param name="references">How many references will follow.</param>
    public void AddObject(ulong address, ulong bytes, int type, int references)
    {
        _addresses.Add(address);
        _index.Append(address);

        // In units of 8 bytes a size fits 32 bits up to 32 GB, far above the largest array.
        _sizes.Add((uint)((bytes + 7) / 8));
        _types.Add(type);
        _firstReference.Add(checked((int)_referencesPromised));
        _referencesPromised += references;
    }

    public void AddReference(ulong target) => _references.Add(target);

    /// <summary>Says that <paramref name="value"/> lives as long as <paramref name="key"/> does (a dependent handle).</summary>
    public void AddDependent(ulong key, ulong value)
    {
        if (!_dependents.TryGetValue(key, out List<ulong>? values))
        {
            _dependents[key] = values = [];
        }

        values.Add(value);
    }

    public long BytesOf(int node) => _sizes[node] * 8L;

    public int TypeOf(int node) => _types[node];

    /// <summary>The object that lies at an address, or -1 when the walk did not see one there.</summary>
    public int Find(ulong address) => _index.Find(address);

    /// <summary>Indexes of the first reference and the one after the last.</summary>
    public (int From, int To) ReferencesOf(int node)
    {
        int to = node + 1 < Objects ? _firstReference[node + 1] : _references.Count;
        return (_firstReference[node], Math.Min(to, _references.Count));
    }

    public ulong Reference(int index) => _references[index];

    public IReadOnlyList<ulong> DependentsOf(int node) =>
        _dependents.Count != 0 && _dependents.TryGetValue(_addresses[node], out List<ulong>? values) ? values : [];
}
