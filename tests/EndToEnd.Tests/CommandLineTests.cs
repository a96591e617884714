using System.Globalization;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>The contract of the command line, on real workers: exit statuses, one JSON document, clear messages.</summary>
public sealed class CommandLineTests
{
    private const string NoSuchPid = "4194304";

    [Theory]
    [InlineData()]
    [InlineData("capture")]
    [InlineData("capture", "--pid", "zero")]
    [InlineData("capture", "--pid", "-1")]
    [InlineData("capture", "--pid", "1", "--window", "soon")]
    [InlineData("capture", "--pid", "1", "--engine", "magic")]
    [InlineData("snapshot", "--pid", "1", "--format", "xml")]
    [InlineData("capture", "--pid", "1", "--window", "30")]
    [InlineData("capture", "--pid", "1", "--window", "-5s")]
    [InlineData("capture", "--pid", "1", "--output", "")]
    [InlineData("capture", "--pid", "1", "--trigger", "77")]
    [InlineData("snapshot", "--pid", "1", "--output", "")]
    [InlineData("diff", "one.json")]
    [InlineData("diff", "", "two.json")]
    [InlineData("dance")]
    [InlineData("ps", "--all")]
    public async Task WrongUsageIsStatus2AndSaysWhatIsWrong(params string[] arguments)
    {
        ProcessResult result = await HeapDriftTool.RunAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Stdout);
        Assert.StartsWith("heapdrift: ", result.Stderr, StringComparison.Ordinal);
        Assert.Contains("--help", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("ps", "--help")]
    [InlineData("capture", "--help")]
    [InlineData("snapshot", "--help")]
    [InlineData("diff", "--help")]
    [InlineData("signal", "--help")]
    [InlineData("demo", "--help")]
    [InlineData("agent", "--help")]
    public async Task HelpIsStatus0(params string[] arguments)
    {
        ProcessResult result = await HeapDriftTool.RunAsync(arguments);

        Assert.Equal(0, result.ExitCode);
        Assert.NotEmpty(result.Stdout);
    }

    [Theory]
    [InlineData("capture")]
    [InlineData("snapshot")]
    [InlineData("signal")]
    public async Task NoSuchProcessIsStatus4(string command)
    {
        ProcessResult result = await HeapDriftTool.RunAsync(command, "--pid", NoSuchPid);

        Assert.Equal(4, result.ExitCode);
        Assert.Contains($"there is no process {NoSuchPid}", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("capture")]
    [InlineData("snapshot")]
    public async Task AProcessThatIsNotDotNetIsStatus4(string command)
    {
        await using var sleep = ChildProcess.Start(new ChildProcessStart("sleep", "60"));

        ProcessResult result = await HeapDriftTool.RunAsync(command, "--pid", Text(sleep.Id));

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("is not a .NET process", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("capture")]
    [InlineData("snapshot")]
    [InlineData("signal")]
    public async Task AThreadIsStatus4AndItsProcessIsNamed(string command)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--handle-usr2");
        string thread = Directory.GetDirectories($"/proc/{worker.Id}/task").Select(folder => Path.GetFileName(folder)).First(thread => thread != Text(worker.Id));

        ProcessResult result = await HeapDriftTool.RunAsync(command, "--pid", thread);

        Assert.Equal(4, result.ExitCode);
        Assert.Contains($"{thread} is a thread of process {worker.Id}", result.Stderr, StringComparison.Ordinal);
        Assert.Contains($"use --pid {worker.Id}", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherUsersWorkerIsStatus3()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);

        // As root the tool is run as nobody; otherwise process 1 is somebody else's anyway.
        ProcessResult result = Environment.IsPrivilegedProcess
            ? await ChildProcess.RunAsync(
                new ChildProcessStart(
                    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                    RepositoryPaths.HeapDrift, "capture", "--pid", Text(worker.Id), "--window", "1s", "--output", folder.Path),
                HeapDriftTool.Deadline)
            : await HeapDriftTool.RunAsync("capture", "--pid", "1", "--output", folder.Path);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("belongs to another user", result.Stderr, StringComparison.Ordinal);
        await worker.CollectAsync();
    }

    [Fact]
    public async Task PsTellsWhichWorkersAreArmed()
    {
        await using PlainWorker armed = await PlainWorker.StartAsync(10, "--handle-usr2");
        await using PlainWorker unarmed = await PlainWorker.StartAsync(9);

        JsonArray workers = (await HeapDriftTool.RunAsync("ps", "--format", "json")).Json()["workers"]!.AsArray();
        string text = (await HeapDriftTool.RunAsync("ps")).Stdout;

        JsonNode first = workers.Single(worker => (int)worker!["pid"]! == armed.Id)!;
        Assert.True((bool)first["signalArmed"]!);
        Assert.Equal("PlainWorker10", (string?)first["name"]);
        Assert.InRange((long)first["pssBytes"]!, 1 << 20, 1 << 30);
        Assert.False((bool)workers.Single(worker => (int)worker!["pid"]! == unarmed.Id)!["signalArmed"]!);
        Assert.Matches($@"(?m)^\s*{armed.Id} .* armed ", text);
        Assert.Matches($@"(?m)^\s*{unarmed.Id} .* would kill ", text);
    }

    [Fact]
    public async Task SignalReachesAWorkerThatCatchesIt()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--handle-usr2");

        ProcessResult result = await HeapDriftTool.RunAsync("signal", "--pid", Text(worker.Id));

        Assert.Equal(0, result.ExitCode);
        await worker.Process.WaitForLineAsync(line => line == "usr2", HeapDriftTool.Deadline);
    }

    [Fact]
    public async Task SignalRefusesAWorkerThatWouldDieOfItAndTheWorkerLives()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);

        ProcessResult result = await HeapDriftTool.RunAsync("signal", "--pid", Text(worker.Id));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("has no handler for SIGUSR2 and would be killed by it", result.Stderr, StringComparison.Ordinal);
        await worker.CollectAsync();
    }

    [Fact]
    public async Task SignalRefusesAWorkerThatIgnoresIt()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(
            new ChildProcessStart("sh", "-c", $"trap '' USR2; exec {RepositoryPaths.PlainWorker(10)}"));

        ProcessResult result = await HeapDriftTool.RunAsync("signal", "--pid", Text(worker.Id));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("ignores SIGUSR2", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoSnapshotFilesGiveTheFindingByDiff()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        ProcessResult first = await HeapDriftTool.RunAsync("snapshot", "--pid", Text(worker.Id), "--output", folder.File("a.json"), "--format", "json");
        await worker.LeakAsync(20_000);
        ProcessResult second = await HeapDriftTool.RunAsync("snapshot", "--pid", Text(worker.Id), "--output", folder.File("b.json"));

        ProcessResult diff = await HeapDriftTool.RunAsync("diff", folder.File("a.json"), folder.File("b.json"), "--format", "json");

        Assert.Equal((0, 0, 0), (first.ExitCode, second.ExitCode, diff.ExitCode));
        JsonNode snapshot = first.Json();
        Assert.Equal("copy-on-write", (string?)snapshot["engine"]);
        Assert.True((bool)snapshot["complete"]!);
        Assert.Equal(1_000, (long)snapshot["types"]!.AsArray().Single(type => (string?)type!["name"] == "Targets.Node")!["objects"]!);
        JsonNode finding = Assert.Single(diff.Json()["findings"]!.AsArray())!;
        Assert.Equal("Targets.LeakedThing", (string?)finding["type"]);
        Assert.Equal("static Targets.Registry.Things", (string?)finding["holder"]);
        Assert.Contains("LeakedThing grew by 20,000 objects", (await HeapDriftTool.RunAsync("diff", folder.File("a.json"), folder.File("b.json"))).Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SnapshotsThatAreNotOfOneKindAreComparedWithAWarning()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker one = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using PlainWorker other = await PlainWorker.StartAsync(9, "--nodes", "1000");
        await HeapDriftTool.RunAsync("snapshot", "--pid", Text(one.Id), "--output", folder.File("one.json"));
        await HeapDriftTool.RunAsync("snapshot", "--pid", Text(other.Id), "--output", folder.File("other.json"), "--engine", "eventpipe");

        ProcessResult diff = await HeapDriftTool.RunAsync("diff", folder.File("one.json"), folder.File("other.json"), "--format", "json");

        Assert.Equal(0, diff.ExitCode);
        Assert.Equal(["copy-on-write", "eventpipe"], diff.Json()["snapshots"]!.AsArray().Select(snapshot => (string?)snapshot!["engine"]));
        Assert.Contains("was taken with copy-on-write and", diff.Stderr, StringComparison.Ordinal);
        Assert.Contains($"is of process {one.Id} (PlainWorker10) and", diff.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("[1,2,3]")]
    public async Task ABrokenSnapshotFileIsNamed(string content)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("broken.json"), content, TestContext.Current.CancellationToken);

        ProcessResult result = await HeapDriftTool.RunAsync("diff", folder.File("broken.json"), folder.File("broken.json"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("broken.json is not a snapshot", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingSnapshotFileIsNamed()
    {
        ProcessResult result = await HeapDriftTool.RunAsync("diff", "/nowhere/a.json", "/nowhere/b.json");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("/nowhere/a.json cannot be read", result.Stderr, StringComparison.Ordinal);
    }

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
