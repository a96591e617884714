using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Profiling.Tests.Stacks;

public sealed class FoldedStackTests
{
    private const string Framework = "/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Private.CoreLib.dll";

    private static readonly NamedFrame[] Add =
    [
        Platform("System.Collections.Generic.List`1[[System.__Canon]].set_Capacity(Int32)"),
        Platform("System.Collections.Generic.List`1[[System.__Canon]].AddWithResize(System.__Canon)"),
        Platform("System.Collections.Generic.List`1[[System.__Canon]].Add(System.__Canon)"),
        Application("Shop.Cart.Add(Shop.Item)", 61),
        Application("Shop.Orders.Place(Int32)", 17),
        Platform("System.Threading.Thread.StartCallback()"),
        Platform("System.Threading.Thread.Start()"),
    ];

    [Fact]
    public void RunsOfThePlatformTakeOneLine() => Assert.Equal(
        [
            "  System.Collections.Generic.List<_>.Add(_) and 2 more framework frames",
            "> Shop.Cart.Add(Item) at /src/Shop.cs:61",
            "  Shop.Orders.Place(int) at /src/Shop.cs:17",
            "  System.Threading.Thread.StartCallback() and 1 more framework frame",
        ],
        FoldedStackText.Lines(FoldedStack.Of(Add), 10));

    [Fact]
    public void TheFirstApplicationFrameIsTheOneNearestToTheLeaf() => Assert.Same(Add[3], FoldedStack.Of(Add).FirstApplicationFrame);

    [Fact]
    public void AStackOfThePlatformAloneHasNone()
    {
        var stack = FoldedStack.Of(Add[..3]);

        Assert.Null(stack.FirstApplicationFrame);
        Assert.Equal(["  System.Collections.Generic.List<_>.Capacity.set(int) and 2 more framework frames"], FoldedStackText.Lines(stack, 10));
        Assert.Empty(FoldedStack.Of([]).Entries);
    }

    [Fact]
    public void WhatIsLeftOutIsCounted() => Assert.Equal(
        ["  System.Collections.Generic.List<_>.Add(_) and 2 more framework frames", "> Shop.Cart.Add(Item) at /src/Shop.cs:61", "  ... 3 more frames"],
        FoldedStackText.Lines(FoldedStack.Of(Add), 2));

    [Fact]
    public void AMethodThatCallsItselfTakesOneLineWhileItStandsAtOnePlace()
    {
        NamedFrame[] walk = [.. Enumerable.Repeat(Application("Shop.Tree.Walk()", 9), 2_000), Application("Shop.Tree.Walk()", 3)];

        Assert.Equal(["> Shop.Tree.Walk() at /src/Shop.cs:9 (2,000 times)", "  Shop.Tree.Walk() at /src/Shop.cs:3"], FoldedStackText.Lines(FoldedStack.Of(walk), 10));
    }

    [Fact]
    public void AnAsyncMethodAndItsStartAreOne()
    {
        NamedFrame[] frames =
        [
            Application("Shop.Cart+<AddAsync>d__3.MoveNext()", 12),
            Platform("System.Runtime.CompilerServices.AsyncMethodBuilderCore.Start(System.__Canon ByRef)"),
            Platform("System.Runtime.CompilerServices.AsyncTaskMethodBuilder.Start(System.__Canon ByRef)"),
            Application("Shop.Cart.AddAsync(Shop.Item)", 10),
            Application("Program.<Main>$(System.String[])", 1),
        ];

        Assert.Equal(["> Shop.Cart.AddAsync(...) at /src/Shop.cs:12", "  Program.Main(string[]) at /src/Shop.cs:1"], FoldedStackText.Lines(FoldedStack.Of(frames), 10));
    }

    [Fact]
    public void AnAsyncMethodThatCallsItselfThroughOthersIsNot()
    {
        NamedFrame[] frames =
        [
            Application("Shop.Cart+<AddAsync>d__3.MoveNext()", 12),
            Platform("System.Linq.Enumerable.Sum()"),
            Application("Shop.Cart.AddAsync(Shop.Item)", 10),
        ];

        Assert.Equal(3, FoldedStack.Of(frames).Entries.Count);
    }

    [Theory]
    [InlineData(Framework, "System.String", TypeOrigin.Library)]
    [InlineData("/opt/sdk/shared/Microsoft.AspNetCore.App/8.0.1/Grpc.Core.dll", "Grpc.Core.Channel", TypeOrigin.Library)]
    [InlineData("/app/System.Text.Json.dll", "System.Text.Json.JsonSerializer", TypeOrigin.Library)]
    [InlineData("/app/Microsoft.Extensions.Hosting.dll", "Microsoft.Extensions.Hosting.Host", TypeOrigin.Library)]
    [InlineData("/app/Shop.dll", "Shop.Cart", TypeOrigin.Application)]
    [InlineData("/app/Shop.dll", "System.Collections.ShopExtensions", TypeOrigin.Application)]
    [InlineData("/srv/shared/Shop/Shop.dll", "Shop.Cart", TypeOrigin.Application)]
    [InlineData("/app/Npgsql.dll", "Npgsql.NpgsqlCommand", TypeOrigin.Application)]
    [InlineData(null, "dynamicClass", TypeOrigin.Library)]
    [InlineData(null, "", TypeOrigin.Library)]
    [InlineData(null, "System.String", TypeOrigin.Library)]
    [InlineData("", "Shop.Proxies.CartProxy", TypeOrigin.Application)]
    public void TheModuleTellsWhoseAFrameIs(string? module, string type, object expected) =>
        Assert.Equal(expected, NamedFrame.Of(new RawFrame { ModulePath = module, TypeName = type, MethodName = "Get" }, null).Origin);

    private static NamedFrame Platform(string text) => NamedFrame.Of(RawFrame.Parse(text) with { ModulePath = Framework }, null);

    private static NamedFrame Application(string text, int line) =>
        NamedFrame.Of(RawFrame.Parse(text) with { ModulePath = "/app/Shop.dll" }, new SourceLine("/src/Shop.cs", line));
}
