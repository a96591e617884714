using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Collector.Symbols;

/// <summary>
/// Tells the file and line of a place in a method by the PDBs of a worker's modules. One for each capture, for one thread; never throws for
/// what it reads. The worker's own file system must still be there when a module is asked for the first time.
/// </summary>
internal sealed class SourceLines(PdbSearch search) : IDisposable
{
    /// <summary>Of PDBs that are held at once, beside the one that is being asked: a service with 100 modules of its own has about 20 MB.</summary>
    private const long HeldBytesGoal = 64 << 20;

    /// <summary>Modules without lines that are remembered, with the reason; a worker has some hundred modules.</summary>
    private const int MostMissing = 4096;

    private readonly Dictionary<(string Module, Guid? Loaded), PdbLines> _open = [];
    private readonly LinkedList<(string Module, Guid? Loaded)> _byUse = [];
    private readonly Dictionary<(string Module, Guid? Loaded), string> _missing = [];

    /// <summary>One sentence for each module whose lines are not known, with its path and the reason.</summary>
    public IReadOnlyCollection<string> Missing => _missing.Values;

    /// <summary>Of the PDBs that are held now: bounded, whatever the worker's modules are.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Null where no PDB tells; <see cref="Missing"/> has the reason if it is the module's.</summary>
    /// <param name="modulePath">As the worker sees it.</param>
    /// <param name="methodToken">MethodDef token.</param>
    /// <param name="ilOffset">From <see cref="RawFrame.ILOffset"/>; without it only the file is told. The beginning of an async method or iterator is found from its start too.</param>
    /// <param name="loaded">The PDB id of the module as it is loaded, where the runtime told it.</param>
    public SourceLine? Find(string modulePath, int methodToken, int? ilOffset, Guid? loaded = null)
    {
        try
        {
            return Open(modulePath, loaded)?.Find(methodToken, ilOffset);
        }
        catch (Exception damaged) when (SymbolsException.IsOfFiles(damaged))
        {
            Miss((modulePath, loaded), $"the PDB of {modulePath} is damaged: {damaged.Message}");
            return null;
        }
    }

    /// <summary>Null also for code that has no module.</summary>
    public SourceLine? Find(RawFrame frame) =>
        frame.ModulePath is { Length: > 0 } module ? Find(module, frame.MethodToken, frame.ILOffset, frame.PdbId) : null;

    public void Dispose()
    {
        foreach (PdbLines pdb in _open.Values)
        {
            pdb.Dispose();
        }

        _open.Clear();
        _byUse.Clear();
        HeldBytes = 0;
    }

    private PdbLines? Open(string modulePath, Guid? loaded)
    {
        if (_open.TryGetValue((modulePath, loaded), out PdbLines? known))
        {
            _byUse.Remove((modulePath, loaded));
            _byUse.AddLast((modulePath, loaded));
            return known;
        }

        if (_missing.ContainsKey((modulePath, loaded)))
        {
            return null;
        }

        try
        {
            return Keep((modulePath, loaded), search.Open(modulePath, loaded));
        }
        catch (SymbolsException none)
        {
            Miss((modulePath, loaded), none.Message);
            return null;
        }
    }

    private PdbLines Keep((string Module, Guid? Loaded) key, PdbLines pdb)
    {
        HeldBytes += pdb.Bytes;
        while (HeldBytes > HeldBytesGoal && _byUse.First is { } oldest)
        {
            _byUse.RemoveFirst();
            _open.Remove(oldest.Value, out PdbLines? closed);
            HeldBytes -= closed!.Bytes;
            closed.Dispose();
        }

        _open[key] = pdb;
        _byUse.AddLast(key);
        return pdb;
    }

    private void Miss((string Module, Guid? Loaded) key, string reason)
    {
        if (_missing.Count < MostMissing)
        {
            _missing.TryAdd(key, reason);
        }
    }
}
