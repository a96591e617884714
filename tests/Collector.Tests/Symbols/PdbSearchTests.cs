using System.Globalization;
using System.Reflection.PortableExecutable;
using HeapDrift.Collector.Symbols;
using HeapDrift.Profiling.Stacks;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Symbols;

public sealed class PdbSearchTests
{
    [Fact]
    public async Task ThePdbBesideTheModuleIsTakenThroughTheWorkersRoot()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();

        Assert.Equal(scene.Expected, scene.Ask());
    }

    [Fact]
    public async Task AnEmbeddedPdbIsRead()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync("PlainWorkerEmbedded");

        Assert.False(File.Exists(scene.Pdb));
        Assert.Equal(scene.Expected, scene.Ask());
    }

    [Theory]
    [InlineData("PlainWorker10.pdb")]
    [InlineData("PlainWorker10.pdb/{0:n}ffffffff/PlainWorker10.pdb")]
    [InlineData("plainworker10.pdb/{0:n}ffffffff/plainworker10.pdb")]
    public async Task AFolderOfSymbolsIsSearched(string layout)
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        string place = Path.Join(scene.Symbols, string.Format(CultureInfo.InvariantCulture, layout, PdbGuid(scene.Dll)));
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.Move(scene.Pdb, place);

        Assert.Equal($"there is no PlainWorker10.pdb beside {scene.Module}; name a folder of symbols if it is elsewhere", scene.Ask());
        Assert.Equal(scene.Expected, scene.Ask(withSymbols: true));
    }

    [Fact]
    public async Task WhereThePdbIsMissingTheFoldersAreNamed()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        File.Delete(scene.Pdb);

        Assert.Equal($"there is no PlainWorker10.pdb beside {scene.Module} nor in {scene.Symbols}", scene.Ask(withSymbols: true));
    }

    [Fact]
    public async Task ThePdbOfAnotherBuildIsNotUsedAndSaid()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        File.Copy(Path.ChangeExtension(RepositoryPaths.PlainWorker(8), ".pdb"), scene.Pdb, overwrite: true);

        Assert.Equal("/app/PlainWorker10.pdb belongs to another build", scene.Ask());
    }

    [Fact]
    public async Task ThePdbOfAnotherBuildDoesNotHideTheRightOne()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        File.Move(scene.Pdb, Path.Join(scene.Symbols, "PlainWorker10.pdb"));
        File.Copy(Path.ChangeExtension(RepositoryPaths.PlainWorker(8), ".pdb"), scene.Pdb);

        Assert.Equal(scene.Expected, scene.Ask(withSymbols: true));
    }

    /// <summary>The GUID alone does not tell: the stamp after it in the PDB, too, is of the build.</summary>
    [Fact]
    public async Task AnotherStampIsAnotherBuild()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        byte[] pdb = await File.ReadAllBytesAsync(scene.Pdb, TestContext.Current.CancellationToken);
        pdb[pdb.AsSpan().IndexOf(PdbGuid(scene.Dll).ToByteArray()) + 16] ^= 1;
        await File.WriteAllBytesAsync(scene.Pdb, pdb, TestContext.Current.CancellationToken);

        Assert.Equal("/app/PlainWorker10.pdb belongs to another build", scene.Ask());
    }

    [Fact]
    public async Task AModuleThatWasReplacedAfterItWasLoadedHasNoLinesButThoseOfTheLoadedOne()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        Guid loaded = PdbGuid(scene.Dll);
        File.Move(scene.Pdb, Path.Join(scene.Symbols, "PlainWorker10.pdb"));
        foreach (string extension in (string[])[".dll", ".pdb"])
        {
            File.Copy(Path.ChangeExtension(RepositoryPaths.PlainWorker(8), extension), Path.ChangeExtension(scene.Dll, extension), overwrite: true);
        }

        Assert.Equal($"{scene.Module} was replaced since the worker loaded it; /app/PlainWorker10.pdb belongs to another build", scene.Ask(loaded: loaded));
        Assert.Equal(scene.Expected, scene.Ask(withSymbols: true, loaded));
    }

    [Fact]
    public async Task WithoutTheModulesFileWhatTheRuntimeKnowsOfItIsEnough()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        Guid loaded = PdbGuid(scene.Dll);
        File.Delete(scene.Dll);

        Assert.StartsWith($"{scene.Module} cannot be read: ", scene.Ask(), StringComparison.Ordinal);
        Assert.Equal(scene.Expected, scene.Ask(loaded: loaded));
    }

    [Fact]
    public async Task AWindowsPdbIsSaidToBeUnsupported()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        await File.WriteAllTextAsync(scene.Pdb, "Microsoft C/C++ MSF 7.00\r\n\u001aDS", TestContext.Current.CancellationToken);

        Assert.Equal("/app/PlainWorker10.pdb is a Windows PDB, which is not read", scene.Ask());
    }

    /// <summary>The minor version of the entry in the debug directory says which format the PDB has: 0x504d is the portable one.</summary>
    [Fact]
    public async Task AModuleThatWasBuiltWithAWindowsPdbSaysSo()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        byte[] dll = await File.ReadAllBytesAsync(scene.Dll, TestContext.Current.CancellationToken);
        dll.AsSpan(dll.AsSpan().IndexOf("\u0000\u0001MP\u0002\0\0\0"u8) + 2, 2).Clear();
        await File.WriteAllBytesAsync(scene.Dll, dll, TestContext.Current.CancellationToken);

        Assert.Equal($"{scene.Module} was built with a Windows PDB, which is not read: build it with DebugType portable or embedded", scene.Ask());
    }

    [Fact]
    public async Task AnAbsoluteLinkStaysInsideTheWorkersFileSystem()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        Directory.Move(scene.PathOf("app"), scene.PathOf("releases"));
        Directory.CreateSymbolicLink(scene.PathOf("app"), "/../releases");

        Assert.Equal(scene.Expected, scene.Ask());
    }

    [Fact]
    public async Task AWorkerWithMountsOfItsOwnIsReachedThroughItsRoot()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("heapdrift-mount");
        string script = $"mount -t tmpfs tmpfs {folder.FullName} && cp {RepositoryPaths.Output("PlainWorker10")}/PlainWorker10* {folder.FullName} && exec {folder.FullName}/PlainWorker10 --frames";
        string[] unshare = Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
        await using (PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart("unshare", [.. unshare, "sh", "-c", script])))
        {
            Sighting seen = Sighting.Of(worker).Single(seen => seen.Shape == "lambda");
            using var ours = new SourceLines(new PdbSearch("/", null));
            using var theirs = new SourceLines(new PdbSearch(string.Create(CultureInfo.InvariantCulture, $"/proc/{worker.Id}/root"), null));

            Assert.StartsWith(folder.FullName, seen.Module, StringComparison.Ordinal);
            Assert.Null(ours.Find(seen.Module, seen.Token, seen.ILOffset));
            Assert.Equal(new SourceLine(seen.File, seen.Line), theirs.Find(seen.Module, seen.Token, seen.ILOffset));
        }

        folder.Delete();
    }

    [Fact]
    public async Task WhatIsNoRegularFileIsNotOpenedForReading()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        File.Delete(scene.Pdb);
        using var made = System.Diagnostics.Process.Start("mkfifo", scene.Pdb);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("/app/PlainWorker10.pdb cannot be read: /app/PlainWorker10.pdb is no regular file", scene.Ask());
    }

    /// <summary>Ahead-of-time compiled, as the Collector is in release builds, a module keeps what its compiler wrote.</summary>
    [Fact]
    public void TheCollectorsOwnLinesAreFound()
    {
        using var lines = new SourceLines(new PdbSearch("/", null));
        string module = Path.Join(RepositoryPaths.Output("Collector"), "heapdrift.dll");
        int token = typeof(SourceLines).GetMethod("Dispose")!.MetadataToken;

        Assert.EndsWith("/src/Collector/Symbols/SourceLines.cs", lines.Find(module, token, 0)?.File, StringComparison.Ordinal);
    }

    private static Guid PdbGuid(string module)
    {
        using var reader = new PEReader(new MemoryStream(File.ReadAllBytes(module)));
        return reader.ReadCodeViewDebugDirectoryData(reader.ReadDebugDirectory().First(entry => entry.IsPortableCodeView)).Guid;
    }
}
