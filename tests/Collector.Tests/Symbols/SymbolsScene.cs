using HeapDrift.Collector.Symbols;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>
/// A folder as a container's file system, with the plain worker in its <c>/app</c> and an empty <c>/symbols</c>; and an async method of it whose place is known.
/// </summary>
public sealed class SymbolsScene : IDisposable
{
    private const string Shape = "async";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("heapdrift-symbols");
    private readonly string _name;

    private SymbolsScene(string name, Sighting seen)
    {
        (_name, Seen) = (name, seen);
        Directory.CreateDirectory(PathOf("app"));
        Directory.CreateDirectory(Symbols);
        foreach (string file in Directory.GetFiles(RepositoryPaths.Output(name), $"{name}.*"))
        {
            File.Copy(file, Path.Join(PathOf("app"), Path.GetFileName(file)));
        }
    }

    internal Sighting Seen { get; }

    public string Root => _root.FullName;

    public string Symbols => PathOf("symbols");

    public string Dll => PathOf("app", $"{_name}.dll");

    public string Pdb => PathOf("app", $"{_name}.pdb");

    /// <summary>As the worker sees it.</summary>
    public string Module => $"/app/{_name}.dll";

    public static async Task<SymbolsScene> MakeAsync(string name = "PlainWorker10")
    {
        IReadOnlyList<Sighting> seen = await Sighting.TakeAsync(Path.Join(RepositoryPaths.Output(name), name));
        return new SymbolsScene(name, seen.Single(sighting => sighting.Shape == Shape));
    }

    public string PathOf(params ReadOnlySpan<string> parts) => Path.Join([Root, .. parts]);

    /// <summary>The line of the method's place, or the reasons why it is not known.</summary>
    public string Ask(bool withSymbols = false, Guid? loaded = null)
    {
        using SourceLines lines = Open(withSymbols);
        return lines.Find(Module, Seen.Token, Seen.ILOffset, loaded) is { } line ? line.ToString() : string.Join("; ", lines.Missing);
    }

    internal SourceLines Open(bool withSymbols = false) => new(new PdbSearch(Root, withSymbols ? Symbols : null));

    internal string Expected => $"{Seen.File}:{Seen.Line}";

    public void Dispose() => _root.Delete(recursive: true);
}
