using HeapDrift.Collector.Symbols;
using HeapDrift.Profiling.Stacks;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Symbols;

public sealed class SourceLinesTests
{
    /// <summary>The method that starts an async one, or an iterator, is compiled without lines of its own.</summary>
    [Theory]
    [InlineData("AddAsync")]
    [InlineData("AddAtOnceAsync")]
    [InlineData("Items")]
    [InlineData("ItemsAsync")]
    public async Task TheStartOfAnAsyncMethodIsItsFirstLine(string method)
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        using SourceLines lines = scene.Open();
        string[] source = await File.ReadAllLinesAsync(scene.Seen.File, TestContext.Current.CancellationToken);
        int token = Tokens.Of(scene.Dll, "Cart", method);

        SourceLine? line = lines.Find(scene.Module, token, 20);

        Assert.NotNull(line);
        Assert.Contains($" {method}(", string.Concat(source[(line.Line!.Value - 3)..line.Line.Value]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x06000000)]
    [InlineData(0x06FFFFFF)]
    [InlineData(0x02000001)]
    [InlineData(-1)]
    public async Task WhatIsNoMethodOfTheModuleHasNoLine(int token)
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        using SourceLines lines = scene.Open();

        Assert.Null(lines.Find(scene.Module, token, 0));
        Assert.Empty(lines.Missing);
    }

    [Fact]
    public async Task WhatTheCompilerMadeHasNoLine()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        using SourceLines lines = scene.Open();

        Assert.Null(lines.Find(scene.Module, Tokens.Of(scene.Dll, "Order", "PrintMembers"), 0));
        Assert.Empty(lines.Missing);
    }

    [Fact]
    public async Task AFrameWithoutAModuleHasNoLine()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        using SourceLines lines = scene.Open();
        var frame = new RawFrame { ModulePath = scene.Module, MethodToken = scene.Seen.Token, TypeName = "", MethodName = "", ILOffset = scene.Seen.ILOffset };

        Assert.Equal(scene.Seen.Line, lines.Find(frame)?.Line);
        Assert.Null(lines.Find(frame with { ModulePath = null }));
    }

    /// <summary>Each is a PDB of 20 MB, padded behind what is read; three fit.</summary>
    [Fact]
    public async Task OnlySomePdbsAreHeldAtOnceAndAllAreFoundAgain()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        await using (FileStream pdb = File.OpenWrite(scene.Pdb))
        {
            pdb.SetLength(20 << 20);
        }

        string[] modules = [.. Enumerable.Range(0, 8).Select(number => $"/app{number}/PlainWorker10.dll")];
        foreach (string module in modules)
        {
            Directory.CreateSymbolicLink(scene.PathOf(Path.GetDirectoryName(module)!), "app");
        }

        using SourceLines lines = scene.Open();
        foreach (string module in modules.Concat(modules.Reverse()).Concat(modules))
        {
            Assert.Equal(scene.Seen.Line, lines.Find(module, scene.Seen.Token, scene.Seen.ILOffset)?.Line);
            Assert.InRange(lines.HeldBytes, 20 << 20, 60 << 20);
        }

        Assert.Equal(60 << 20, lines.HeldBytes);
    }

    [Fact]
    public async Task AModuleWithoutSymbolsIsLookedForOnce()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        using SourceLines lines = scene.Open();
        string hidden = scene.Pdb + ".hidden";
        File.Move(scene.Pdb, hidden);
        Assert.Null(lines.Find(scene.Module, scene.Seen.Token, scene.Seen.ILOffset));

        File.Move(hidden, scene.Pdb);

        Assert.Null(lines.Find(scene.Module, scene.Seen.Token, scene.Seen.ILOffset));
        Assert.Single(lines.Missing);
    }

    /// <summary>Deterministic builds write paths that exist nowhere; which repository they are of is not ours to guess.</summary>
    [Fact]
    public void APathIsShownAsThePdbHasIt()
    {
        Assert.Equal("Cart.cs", new SourceLine("/_/src/Shop/Cart.cs", 3).FileName);
        Assert.Equal("Cart.cs", new SourceLine(@"C:\src\Shop\Cart.cs", 3).FileName);
        Assert.Equal("Cart.cs", new SourceLine("Cart.cs", 3).FileName);
    }
}
