namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>The managed modules of a worker in load order: where their files are and which number the runtime gave them.</summary>
internal sealed class LoadedModules
{
    private readonly Dictionary<ulong, string> _paths = [];
    private readonly List<string> _inLoadOrder = [];

    /// <summary>Paths in the worker's own mount namespace.</summary>
    public IReadOnlyList<string> Paths => _inLoadOrder;

    public void Add(ulong id, string path)
    {
        if (path.Length != 0 && _paths.TryAdd(id, path))
        {
            _inLoadOrder.Add(path);
        }
    }

    /// <summary>In the worker's own mount namespace; null when the runtime did not name the module.</summary>
    public string? Path(ulong id) => _paths.GetValueOrDefault(id);

    /// <summary>For example <c>Shop.dll</c>; null when the runtime did not name the module.</summary>
    public string? FileName(ulong id) => _paths.TryGetValue(id, out string? path) ? System.IO.Path.GetFileName(path) : null;
}
