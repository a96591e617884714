using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines;

public sealed class ModuleOriginsTests
{
    private static readonly string PlatformFile = typeof(System.Text.Json.JsonDocument).Assembly.Location;

    [Fact]
    public void AnAssemblyOfASharedFrameworkIsThePlatforms() =>
        Assert.Equal(TypeOrigin.Library, Origins().Of("/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Text.Json.dll"));

    [Fact]
    public void AnAssemblyWithANameOfItsOwnIsTheApplications() => Assert.Equal(TypeOrigin.Application, Origins().Of("/app/Shop.dll"));

    [Theory]
    [InlineData("Microsoft.Contoso.Billing.dll")]
    [InlineData("System.Acme.dll")]
    public void ATeamsOwnAssemblyIsItsOwnWhateverItIsCalled(string name) => Published(typeof(ModuleOriginsTests).Assembly.Location, name, TypeOrigin.Application);

    [Fact]
    public void ThePlatformsAssemblyThatWasPublishedWithTheApplicationIsLeftToItsName() => Published(PlatformFile, "System.Text.Json.dll", null);

    [Fact]
    public void WhatCannotBeReadIsLeftToItsName()
    {
        Published("/proc/self/status", "Microsoft.Text.dll", null);
        Assert.Null(Origins().Of("/nowhere/System.Gone.dll"));
        Assert.Null(Origins().Of(null));
        Assert.Null(Origins().Of(""));
    }

    [Fact]
    public async Task AModuleThatIsALinkOutOfTheWorkersFilesOrAPipeIsLeftToItsName()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("System.Link.dll"), typeof(ModuleOriginsTests).Assembly.Location);
        await ChildProcess.RunAsync(new ChildProcessStart("mkfifo", folder.File("System.Pipe.dll")), TimeSpan.FromSeconds(30));
        var origins = new ModuleOrigins(folder.Path);

        Assert.Null(origins.Of("/System.Link.dll"));
        Assert.Null(origins.Of("/System.Pipe.dll"));
        Assert.Empty(StaticFieldMetadata.TryRead(folder.Path, "/System.Link.dll"));
        Assert.Empty(StaticFieldMetadata.TryRead(folder.Path, "/System.Pipe.dll"));
    }

    [Theory]
    [InlineData("static System.Threading.TimerQueue.Instances", RootKind.Waiting)]
    [InlineData("static System.Threading.TimerQueues.Instances", RootKind.Static)]
    [InlineData("static Shop.Cache.Sessions", RootKind.Static)]
    internal void WhatWaitsClaimsNothingThatAnybodyElseHolds(string field, RootKind kind) => Assert.Equal(kind, RootNames.KindOf(field, isThreadStatic: false));

    private static void Published(string file, string name, TypeOrigin? expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(Path.Join(folder.Path, name), File.ReadAllBytes(file));
        Assert.Equal(expected, new ModuleOrigins(folder.Path).Of($"/{name}"));
    }

    private static ModuleOrigins Origins() => new("/");
}
