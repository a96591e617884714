using System.Globalization;
using System.Text.Json.Nodes;
using HeapDrift.Profiling.Reports;
using HeapDrift.TestKit;
using NJsonSchema;

namespace HeapDrift.EndToEnd.Tests;

/// <summary><c>heapdrift capture</c> on real workers, and on whatever can go wrong around them.</summary>
public sealed class CaptureTests
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigUsr2 = 12;
    private const int SigStop = 19;
    private const int SigCont = 18;

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task ALeakIsNamedOnDiskAndOnStandardOutput(int major)
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(major, "--nodes", "1000");
        await using ChildProcess tool = HeapDriftTool.Start("capture", "--pid", Text(worker.Id), "--window", "3s", "--confirm", "0", "--output", folder.Path, "--format", "json");
        await tool.WaitForLineAsync(line => line.Contains("baseline taken", StringComparison.Ordinal), HeapDriftTool.Deadline);
        await worker.LeakAsync(30_000);
        ProcessExit exit = await tool.WaitForExitAsync(HeapDriftTool.Deadline);

        Assert.Equal(0, exit.Code);
        string capture = Assert.Single(folder.Captures);
        string json = await File.ReadAllTextAsync(Path.Join(capture, "report.json"), TestContext.Current.CancellationToken);
        JsonSchema schema = await JsonSchema.FromJsonAsync(ReportSchema.Read(), TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(json));
        Assert.Equal(json.TrimEnd(), string.Join('\n', tool.StdoutLines).TrimEnd());

        JsonNode report = JsonNode.Parse(json)!;
        JsonNode finding = report["findings"]!.AsArray()[0]!;
        Assert.Equal("Targets.LeakedThing", (string?)finding["type"]);
        Assert.Equal("static Targets.Registry.Things", (string?)finding["holder"]);
        Assert.Equal(30_000, (long)finding["objectsDelta"]!);
        Assert.Equal("managed-leak", (string?)report["verdict"]);
        Assert.Equal("command", (string?)report["trigger"]!["kind"]);
        Assert.StartsWith($"{major}.0.", (string?)report["worker"]!["runtimeVersion"], StringComparison.Ordinal);
        Assert.True((long)report["memory"]!["final"]!["pssBytes"]! > 0);
        string text = await File.ReadAllTextAsync(Path.Join(capture, "report.txt"), TestContext.Current.CancellationToken);
        Assert.Contains("held by  static Targets.Registry.Things", text, StringComparison.Ordinal);
        string page = await File.ReadAllTextAsync(Path.Join(capture, "report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("<li class=\"application\" data-bytes=", page, StringComparison.Ordinal);
        JsonNode growth = JsonNode.Parse(await File.ReadAllTextAsync(Path.Join(capture, "growth.speedscope.json"), TestContext.Current.CancellationToken))!;
        Assert.Contains(growth["shared"]!["frames"]!.AsArray(), frame => (string?)frame!["name"] == "Targets.LeakedThing");

        // 80 bytes each, and the table that holds them.
        Assert.True((long)growth["profiles"]![0]!["endValue"]! >= 30_000 * 80);
    }

    [Fact]
    public async Task AHealthyWorkerGivesAReportWithoutAFinding()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "50000");

        ProcessResult result = await HeapDriftTool.RunAsync("capture", "--pid", Text(worker.Id), "--window", "1s", "--output", folder.Path, "--format", "json");

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Json()["findings"]!.AsArray());
        Assert.Equal("no-growth", (string?)result.Json()["verdict"]);
    }

    [Theory]
    [InlineData("taking the baseline", 0)]
    [InlineData("baseline taken", 1)]
    [InlineData("taking the final snapshot", 1)]
    public async Task AWorkerThatExitsInAnyPhaseIsStatus5AndWhatIsKnownIsReported(string phase, int snapshots)
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1500000");
        await using ChildProcess tool = HeapDriftTool.Start("capture", "--pid", Text(worker.Id), "--window", "2s", "--output", folder.Path, "--format", "json");
        await tool.WaitForLineAsync(line => line.Contains(phase, StringComparison.Ordinal), HeapDriftTool.Deadline);
        worker.Process.Signal(SigKill);
        ProcessExit exit = await tool.WaitForExitAsync(HeapDriftTool.Deadline);

        Assert.Equal(5, exit.Code);
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Join(Assert.Single(folder.Captures), "report.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal("worker-exited", (string?)report["outcome"]);
        Assert.Equal("inconclusive", (string?)report["verdict"]);
        Assert.Equal(snapshots, report["snapshots"]!.AsArray().Count);
        Assert.Contains(tool.StderrLines, line => line.Contains($"process {worker.Id}", StringComparison.Ordinal) && line.Contains("exited", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALeakThatWasReportedBeforeIsKnown()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("20200101-000000-1-0000"));
        await File.WriteAllTextAsync(folder.File("20200101-000000-1-0000/report.json"), "{ broken", TestContext.Current.CancellationToken);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--leak", "20000");
        string[] capture = ["capture", "--pid", Text(worker.Id), "--window", "2s", "--output", folder.Path, "--format", "json"];

        JsonNode first = (await HeapDriftTool.RunAsync(capture)).Json()["findings"]![0]!;
        JsonNode second = (await HeapDriftTool.RunAsync(capture)).Json()["findings"]![0]!;

        Assert.Equal("new", (string?)first["status"]);
        Assert.Equal("known", (string?)second["status"]);
        Assert.Equal((string?)first["fingerprint"], (string?)second["fingerprint"]);
    }

    [Fact]
    public async Task ControlCEndsACaptureAndTheWorkerGoesOn()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using ChildProcess tool = HeapDriftTool.Start("capture", "--pid", Text(worker.Id), "--window", "5m", "--output", folder.Path);
        await tool.WaitForLineAsync(line => line.Contains("baseline taken", StringComparison.Ordinal), HeapDriftTool.Deadline);
        tool.Signal(SigInt);

        Assert.Equal(1, (await tool.WaitForExitAsync(HeapDriftTool.Deadline)).Code);
        Assert.Contains(tool.StderrLines, line => line.Contains("the capture was cancelled", StringComparison.Ordinal));
        await worker.CollectAsync();
    }

    [Fact]
    public async Task TheSignalSentToTheToolItselfEndsTheWindow()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using ChildProcess tool = HeapDriftTool.Start("capture", "--pid", Text(worker.Id), "--window", "5m", "--output", folder.Path);
        await tool.WaitForLineAsync(line => line.Contains("baseline taken", StringComparison.Ordinal), HeapDriftTool.Deadline);
        tool.Signal(SigUsr2);

        Assert.Equal(0, (await tool.WaitForExitAsync(HeapDriftTool.Deadline)).Code);
        Assert.Single(folder.Captures);
    }

    [Fact]
    public async Task AWorkerThatIsStoppedIsToldAtOnceAndNotWaitedFor()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        worker.Process.Signal(SigStop);
        try
        {
            ProcessResult result = await HeapDriftTool.RunAsync("capture", "--pid", Text(worker.Id), "--window", "1s", "--output", folder.Path);

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("is stopped and would not answer", result.Stderr, StringComparison.Ordinal);
            Assert.DoesNotContain("taking the baseline", result.Stderr, StringComparison.Ordinal);
        }
        finally
        {
            worker.Process.Signal(SigCont);
        }

        await worker.CollectAsync();
    }

    [Fact]
    public async Task ASecondCaptureOfTheSameWorkerIsRefused()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using ChildProcess first = HeapDriftTool.Start("capture", "--pid", Text(worker.Id), "--window", "5m", "--output", folder.Path);
        await first.WaitForLineAsync(line => line.Contains("baseline taken", StringComparison.Ordinal), HeapDriftTool.Deadline);

        ProcessResult second = await HeapDriftTool.RunAsync("capture", "--pid", Text(worker.Id), "--window", "1s", "--output", folder.Path);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"another capture of process {worker.Id} is running", second.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFullDiskLosesNothingAndLeavesNothingHalfWritten()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");

        // Two pages: what is known of leaks takes one and stays; the first file of the report fits, the second does not.
        string script = $"mount -t tmpfs -o size=8k tmpfs {folder.Path} && {RepositoryPaths.HeapDrift} capture --pid {worker.Id} --window 1s --format json --output {folder.Path}; status=$?; ls -A {folder.Path} | grep -vc known-leaks >&2; exit $status";
        string[] unshare = Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
        ProcessResult result = await ChildProcess.RunAsync(new ChildProcessStart("unshare", [.. unshare, "sh", "-c", script]), HeapDriftTool.Deadline);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("could not be written", result.Stderr, StringComparison.Ordinal);

        // .NET words it by whether the first byte or a later one did not fit.
        Assert.Matches("No space left on device|disk was full", result.Stderr);
        Assert.EndsWith("0", result.Stderr.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal("completed", (string?)result.Json()["outcome"]);
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenToIsSaidBeforeTheWorkerIsTouched()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);

        ProcessResult result = await HeapDriftTool.RunAsync("capture", "--pid", Text(worker.Id), "--output", "/proc/none");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the worker was not touched", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task AnUnreachableEndpointIsSaidAndTheReportStaysOnDisk(string protocol)
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");

        ProcessResult result = await HeapDriftTool.RunAsync(
            new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol },
            "capture", "--pid", Text(worker.Id), "--window", "1s", "--output", folder.Path);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("OTLP: not delivered", result.Stderr, StringComparison.Ordinal);
        Assert.Contains($"The report is kept in {Assert.Single(folder.Captures)}", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEndpointThatIsNoAddressIsSaid()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");

        ProcessResult result = await HeapDriftTool.RunAsync(
            new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317" },
            "capture", "--pid", Text(worker.Id), "--window", "1s", "--output", folder.Path);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'", result.Stderr, StringComparison.Ordinal);
    }

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
