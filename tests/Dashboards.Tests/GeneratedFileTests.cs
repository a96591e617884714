using HeapDrift.Dashboards.Reference;
using HeapDrift.Instrumentation;
using HeapDrift.TestKit;

namespace HeapDrift.Dashboards.Tests;

/// <summary>Nobody edits what is generated, and nobody forgets to generate it.</summary>
public sealed class GeneratedFileTests
{
    [Fact]
    public void EveryGeneratedFileIsWhatTheGeneratorWrites() => Assert.All(
        GeneratedFile.All(),
        file => Assert.True(
            File.ReadAllText(RepositoryPaths.File(file.Path)) == file.Text, $"{file.Path} is stale: dotnet run --project dashboards/Generator"));

    [Fact]
    public void EveryDashboardOfTheFolderIsGenerated() => Assert.Equal(
        GeneratedFile.All().Where(file => file.Path.EndsWith(".json", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file.Path)).Order(StringComparer.Ordinal),
        ShippedDashboard.All.Select(dashboard => dashboard.Name));

    [Fact]
    public void EveryNameOfTheCodeIsInTheReference()
    {
        string reference = TelemetryReference.Write();
        var names = new NameSummaries();

        Assert.All(
            new[] { typeof(TelemetryNames.Metrics), typeof(TelemetryNames.Events), typeof(TelemetryNames.Spans), typeof(TelemetryNames.Attributes) }.SelectMany(names.Of),
            name => Assert.Contains($"| `{name.Name}` |", reference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheGeneratorSaysWhatIsStaleAndWritesNothingWhereItOnlyChecks()
    {
        string clone = Directory.CreateTempSubdirectory("heapdrift-generator-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Join(clone, "HeapDrift.slnx"), "", TestContext.Current.CancellationToken);

            ProcessResult stale = await RunAsync(clone, "--check");
            bool isUntouched = !Directory.Exists(Path.Join(clone, "dashboards"));
            ProcessResult written = await RunAsync(clone);
            ProcessResult current = await RunAsync(clone, "--check");

            Assert.Equal((1, 0, 0), (stale.ExitCode, written.ExitCode, current.ExitCode));
            Assert.Contains("docs/telemetry.md is stale", stale.Stdout, StringComparison.Ordinal);
            Assert.True(isUntouched);
            Assert.Empty(current.Stdout);
        }
        finally
        {
            Directory.Delete(clone, recursive: true);
        }
    }

    private static Task<ProcessResult> RunAsync(string folder, params string[] arguments) => ChildProcess.RunAsync(
        new ChildProcessStart(Path.Join(RepositoryPaths.Output("Generator"), "HeapDrift.Dashboards"), arguments) { WorkingDirectory = folder }, TimeSpan.FromMinutes(1));
}
