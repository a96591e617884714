using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

public sealed class AllocationSiteTests
{
    [Theory]
    [InlineData(8, "copy-on-write", "0")]
    [InlineData(9, "copy-on-write", "0")]
    [InlineData(10, "copy-on-write", "0")]
    [InlineData(10, "copy-on-write", "1")]
    [InlineData(8, "eventpipe", "0")]
    [InlineData(10, "eventpipe", "0")]
    public async Task TheLineThatAllocatedWhatLeaksIsNamed(int major, string engine, string serverGC)
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(major), "--nodes", "10000", "--leak", "40000")
        {
            Environment = new Dictionary<string, string?> { ["DOTNET_gcServer"] = serverGC },
        });

        ProcessResult result = await HeapDriftTool.RunAsync(
            "capture", "--pid", Text(worker.Id), "--engine", engine, "--window", "5s", "--confirm", "0", "--format", "json", "--output", folder.Path);

        Assert.Equal(0, result.ExitCode);
        JsonNode finding = result.Json()["findings"]![0]!;
        JsonArray sites = finding["allocationSites"]!.AsArray();
        Assert.True(sites.Count > 0, $"no site: {finding["allocationNote"]}");
        JsonNode own = sites[0]!["frames"]!.AsArray().First(frame => frame!["file"] is not null)!;
        Assert.Equal("Targets.Registry.Leak", (string?)own["function"]);
        Assert.Equal("Program.cs", Path.GetFileName((string?)own["file"]));
        Assert.Equal(LineOf("Things.Add(Things.Count, new LeakedThing());"), (int?)own["line"]);

        // Five sites at most are told, and a table that doubles may have grown just before the window. Generous, as chance is in it. A snapshot that the
        // DAC's crash made a second one is of a later moment, and said to be.
        double estimated = sites.Sum(site => (double)site!["estimatedBytes"]!);
        double least = finding["allocationNote"] is null ? 0.5 : 0;
        Assert.InRange(estimated / (double)finding["retainedBytesDelta"]!, least, 1.7);
    }

    /// <summary>As images are built: the assemblies in one place, their PDBs in another.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LinesComeFromAFolderOfSymbols(bool byTheAgent)
    {
        using var folder = new TemporaryFolder();
        using var published = new TemporaryFolder();
        using var symbols = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(RepositoryPaths.PlainWorker(10))!))
        {
            File.Copy(file, Path.Join(Path.GetExtension(file) == ".pdb" ? symbols.Path : published.Path, Path.GetFileName(file)));
        }

        await using PlainWorker worker = await PlainWorker.StartAsync(
            new ChildProcessStart(Path.Join(published.Path, Path.GetFileName(RepositoryPaths.PlainWorker(10))), "--nodes", "10000", "--leak", "40000"));

        JsonNode report = byTheAgent
            ? await CaptureByAgentAsync(worker.Id, folder.Path, symbols.Path)
            : (await HeapDriftTool.RunAsync(
                "capture", "--pid", Text(worker.Id), "--symbols", symbols.Path, "--window", "5s", "--confirm", "0", "--format", "json", "--output", folder.Path)).Json();

        JsonArray sites = report["findings"]![0]!["allocationSites"]!.AsArray();
        JsonNode own = sites[0]!["frames"]!.AsArray().First(frame => frame!["file"] is not null)!;
        Assert.Equal("Program.cs", Path.GetFileName((string?)own["file"]));
        Assert.Equal(LineOf("Things.Add(Things.Count, new LeakedThing());"), (int?)own["line"]);
    }

    [Fact]
    public async Task WhereAllocationsAreNotTrackedTheReportSaysWhy()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "10000");
        await using ChildProcess capture = HeapDriftTool.Start("capture", "--pid", Text(worker.Id), "--window", "5m", "--confirm", "0", "--output", folder.Path);
        await capture.WaitForLineAsync(line => line.Contains("baseline taken", StringComparison.Ordinal), HeapDriftTool.Deadline);

        // 300 KB are just enough for a finding. Three samples are to be expected; the eleven that would name a line come in less than one run of a thousand.
        await worker.LeakAsync(2_600);
        capture.Signal(12);
        await capture.WaitForExitAsync(HeapDriftTool.Deadline);

        string report = await File.ReadAllTextAsync(Path.Join(Directory.EnumerateDirectories(folder.Path).Single(), "report.txt"), TestContext.Current.CancellationToken);
        Assert.Contains("LeakedThing", report, StringComparison.Ordinal);
        Assert.True(
            Regex.IsMatch(report, "allocations: (no allocation of what survived was sampled|[0-9]+ samples of what survived are too few)"), report);
    }

    [Fact]
    public async Task NoSessionIsOpenBesideACapture()
    {
        using var folder = new TemporaryFolder();

        // Agents of other tests would open sessions of their own.
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10), "--nodes", "10000")
        {
            Environment = new Dictionary<string, string?> { ["HEAPDRIFT_AGENT"] = "off" },
        });
        int before = Threads(worker.Id);

        for (int capture = 0; capture < 3; capture++)
        {
            ProcessResult result = await HeapDriftTool.RunAsync("capture", "--pid", Text(worker.Id), "--window", "1s", "--format", "json", "--output", folder.Path);
            Assert.Equal(0, result.ExitCode);
        }

        // Each EventPipe session that streams has a thread of its own in the worker.
        await Eventually.HoldsAsync(() => Threads(worker.Id) <= before, TimeSpan.FromSeconds(30), "a session that has ended takes its thread with it");
    }

    private static async Task<JsonNode> CaptureByAgentAsync(int pid, string reports, string symbols)
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(
            reports, new Dictionary<string, string?> { ["HeapDrift__Captures__SymbolsDirectory"] = symbols }, "--window", "5s");
        await agent.WatchesAsync(pid);
        string id = (string)(await agent.RequestCaptureAsync(pid))["captureId"]!;
        await agent.EndedAsync(line => (string?)line["captureId"] == id);
        return await agent.GetAsync($"/api/captures/{id}");
    }

    private static int Threads(int pid) => Directory.EnumerateDirectories($"/proc/{pid}/task")
        .Count(task => File.ReadAllText(Path.Join(task, "comm")).Contains("EventPipe", StringComparison.Ordinal));

    private static int LineOf(string statement) =>
        File.ReadLines(Path.Join(RepositoryPaths.Root, "tests", "Targets", "PlainWorker", "Program.cs")).Index().First(line => line.Item.Contains(statement, StringComparison.Ordinal)).Index + 1;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
