using System.Reflection;
using HeapDrift.Collector.Captures;
using HeapDrift.Instrumentation;
using HeapDrift.Profiling.Heap;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.House;

/// <summary>Arrows point one way: Collector -> Instrumentation -> Profiling.</summary>
public sealed class ArrowsTests
{
    [Fact]
    public void ProfilingNeedsNothingButTheBaseLibrary() => Assert.All(
        References(typeof(HeapSnapshot)), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Fact]
    public void InstrumentationNeedsProfilingAndAbstractionsOnly() => Assert.All(
        References(typeof(HeapDriftOptions)),
        name => Assert.True(
            name is "HeapDrift.Profiling" or "Microsoft.Win32.Primitives" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
                || name is "OpenTelemetry.Api" or "OpenTelemetry.Api.ProviderBuilderExtensions",
            name));

    [Fact]
    public void TheCollectorStandsOnInstrumentation() => Assert.Contains("HeapDrift.Instrumentation", References(typeof(Capture)));

    [Fact]
    public void NobodyRefersToTheCollector() => Assert.DoesNotContain(
        References(typeof(HeapDriftOptions)).Concat(References(typeof(HeapSnapshot))),
        name => name is "heapdrift" || name.StartsWith("Microsoft.Diagnostics.", StringComparison.Ordinal));

    [Theory]
    [InlineData("OpenTelemetry", "Export")]
    [InlineData("Microsoft.Diagnostics.", "Engines", "Collections", "Allocations")]
    [InlineData("Spectre.Console", "Commands")]
    public void EachPackageOfTheCollectorHasItsHome(string package, params string[] folders)
    {
        string source = RepositoryPaths.File("src", "Collector");
        string[] strangers =
        [
            .. Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories)
                .Where(file => !folders.Any(folder => file.StartsWith(Path.Join(source, folder), StringComparison.Ordinal)))
                .Where(file => File.ReadLines(file).Any(line => line.StartsWith($"using {package}", StringComparison.Ordinal))),
        ];

        Assert.Empty(strangers);
    }

    [Fact]
    public void NoFileOfTheProductIsLongerThanThreeHundredLines()
    {
        string[] sources = Directory.GetFiles(RepositoryPaths.File("src"), "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(sources);
        Assert.All(sources, file => Assert.True(File.ReadLines(file).Count() <= 300, file));
    }

    private static string[] References(Type type) => [.. type.Assembly.GetReferencedAssemblies().Select(name => name.Name!)];
}
