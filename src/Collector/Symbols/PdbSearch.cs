using HeapDrift.Collector.Native;
using HeapDrift.Profiling;

namespace HeapDrift.Collector.Symbols;

/// <summary>
/// Looks for the PDB of a module: embedded, beside it, in a folder of symbols. Only one of the very same build is taken; what else was found
/// is told. Files are read whole, up to a bound, and closed.
/// </summary>
/// <param name="root">The worker's file system: <c>/proc/PID/root</c>, or <c>/</c> where it is ours.</param>
/// <param name="symbolsFolder">
/// Of our own file system: <c>Shop.pdb</c> in it, or as symbol servers lay it out, <c>shop.pdb/GUIDffffffff/shop.pdb</c>. Null for none.
/// </param>
internal sealed class PdbSearch(string root, string? symbolsFolder)
{
    private const string OwnRoot = "/";

    private static ReadOnlySpan<byte> WindowsSignature => "Microsoft C/C++ MSF"u8;

    /// <param name="modulePath">As the worker sees it.</param>
    /// <param name="loaded">The id of the module that the worker has loaded, which its file may not be any more.</param>
    /// <exception cref="SymbolsException">There is none; the message says why.</exception>
    public PdbLines Open(string modulePath, Guid? loaded)
    {
        List<string> refusals = [];
        ModuleDebugEntries entries = ReadModule(modulePath, loaded, refusals);
        if (entries.Id is not { } wanted)
        {
            throw new SymbolsException(entries.HasWindowsPdb ? $"{modulePath} was built with a Windows PDB, which is not read: build it with DebugType portable or embedded"
                : refusals.Count != 0 ? string.Join("; ", refusals)
                : $"{modulePath} was built without debug information: build it with DebugType portable or embedded");
        }

        string name = entries.PdbName ?? Path.ChangeExtension(Path.GetFileName(modulePath), ".pdb");
        return (entries.EmbeddedPdb is { } embedded ? TryOpen(embedded, $"the PDB in {modulePath}", wanted, refusals) : null)
            ?? Candidates(modulePath, name, wanted).Select(file => TryOpen(file.Root, file.Path, wanted, refusals)).FirstOrDefault(pdb => pdb is not null)
            ?? throw new SymbolsException(refusals.Count != 0 ? string.Join("; ", refusals)
                : $"there is no {name} beside {modulePath}{(symbolsFolder is null ? "; name a folder of symbols if it is elsewhere" : $" nor in {symbolsFolder}")}");
    }

    /// <summary>Without the file, the id that the worker has loaded is enough to look elsewhere.</summary>
    private ModuleDebugEntries ReadModule(string modulePath, Guid? loaded, List<string> refusals)
    {
        ModuleDebugEntries known = new(loaded is { } guid ? new PdbId(guid, null) : null, null, null, HasWindowsPdb: false);
        try
        {
            using FileStream file = RootedFile.Open(root, modulePath);
            ModuleDebugEntries entries = ModuleDebugEntries.Read(file);
            if (loaded is null || entries.Id is null || entries.Id.Value.Guid == loaded)
            {
                return entries;
            }

            refusals.Add($"{modulePath} was replaced since the worker loaded it");
        }
        catch (Exception unreadable) when (SymbolsException.IsOfFiles(unreadable))
        {
            refusals.Add($"{modulePath} cannot be read: {unreadable.Message}");
        }

        return known;
    }

    private IEnumerable<(string Root, string Path)> Candidates(string modulePath, string name, PdbId wanted)
    {
        yield return (root, Path.Join(Path.GetDirectoryName(modulePath), name));
        if (symbolsFolder is not null)
        {
            string folder = Path.GetFullPath(symbolsFolder);
            string key = $"{wanted.Guid:n}ffffffff";
            yield return (OwnRoot, Path.Join(folder, name));
            yield return (OwnRoot, Path.Join(folder, name, key, name));
#pragma warning disable CA1308 // Simple Symbol Query Protocol: names and keys are lower case.
            yield return (OwnRoot, Path.Join(folder, name.ToLowerInvariant(), key, name.ToLowerInvariant()));
#pragma warning restore CA1308
        }
    }

    private static PdbLines? TryOpen(string root, string path, PdbId wanted, List<string> refusals)
    {
        try
        {
            return TryOpen(ReadWhole(root, path), path, wanted, refusals);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception unreadable) when (SymbolsException.IsOfFiles(unreadable))
        {
            refusals.Add($"{path} cannot be read: {unreadable.Message}");
            return null;
        }
    }

    private static PdbLines? TryOpen(byte[] pdb, string description, PdbId wanted, List<string> refusals)
    {
        if (pdb.AsSpan().StartsWith(WindowsSignature))
        {
            refusals.Add($"{description} is a Windows PDB, which is not read");
            return null;
        }

        try
        {
            var lines = PdbLines.Open(pdb);
            if (lines.Id.IsOf(wanted))
            {
                return lines;
            }

            lines.Dispose();
            refusals.Add($"{description} belongs to another build");
        }
        catch (Exception damaged) when (SymbolsException.IsOfFiles(damaged))
        {
            refusals.Add($"{description} is damaged: {damaged.Message}");
        }

        return null;
    }

    /// <summary>Its length may change while it is read.</summary>
    private static byte[] ReadWhole(string root, string path)
    {
        using FileStream file = RootedFile.Open(root, path);
        long length = file.Length;
        if (length > Limits.PdbBytes)
        {
            throw new InvalidDataException($"it is larger than {Limits.PdbBytes >> 20} MB");
        }

        byte[] bytes = new byte[length];
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }
}
