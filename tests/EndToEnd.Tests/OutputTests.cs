using System.Globalization;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>Where the results of commands go, and what becomes of them when that is not possible.</summary>
public sealed class OutputTests
{
    [Theory]
    [InlineData("ps")]
    [InlineData("ps --format json")]
    [InlineData("--help")]
    public async Task StandardOutputThatIsFullIsStatus1AndSaid(string arguments)
    {
        ProcessResult result = await ShellAsync($"{RepositoryPaths.HeapDrift} {arguments} > /dev/full");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("heapdrift: ", result.Stderr, StringComparison.Ordinal);
        Assert.Contains("No space left on device", result.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2> /dev/full")]
    [InlineData("2>&-")]
    public async Task ACaptureNeedsNobodyWhoReadsItsProgress(string redirection)
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");

        ProcessResult result = await ShellAsync(
            $"{RepositoryPaths.HeapDrift} capture --pid {worker.Id} --window 1s --format json --output {folder.Path} {redirection}");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("completed", (string?)result.Json()["outcome"]);
        Assert.Single(folder.Captures);
    }

    [Fact]
    public async Task ACaptureNeedsNoFolderForItsLock()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");

        ProcessResult result = await HeapDriftTool.RunAsync(
            new Dictionary<string, string?> { ["TMPDIR"] = "/proc/none" },
            "capture", "--pid", Text(worker.Id), "--window", "1s", "--format", "json", "--output", folder.Path);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("completed", (string?)result.Json()["outcome"]);
    }

    [Theory]
    [InlineData("/nowhere/a.json")]
    [InlineData("/tmp")]
    public async Task ASnapshotThatCannotBeKeptIsSaidBeforeTheWorkerIsTouched(string file)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);

        ProcessResult result = await HeapDriftTool.RunAsync("snapshot", "--pid", Text(worker.Id), "--output", file);

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Stdout);
        Assert.Contains($"cannot be written to {file}", result.Stderr, StringComparison.Ordinal);
        Assert.Contains("the worker was not touched", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASnapshotThatTheDiskDoesNotTakeIsStillPrinted()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        string script = $"mount -t tmpfs -o size=8k tmpfs {folder.Path} && {RepositoryPaths.HeapDrift} snapshot --pid {worker.Id} --format json --output {folder.Path}/a.json; status=$?; ls -A {folder.Path} >&2; exit $status";
        string[] unshare = Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];

        ProcessResult result = await ChildProcess.RunAsync(new ChildProcessStart("unshare", [.. unshare, "sh", "-c", script]), HeapDriftTool.Deadline);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("could not be written to", result.Stderr, StringComparison.Ordinal);
        Assert.Equal(worker.Id, (int)result.Json()["worker"]!["pid"]!);

        // Nothing was left in the folder, whose listing would follow.
        Assert.EndsWith("--output.\n", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoFileIsWrittenIntoAndALinkLeadsToItsTarget()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await File.WriteAllTextAsync(folder.File("target.json"), "old", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(folder.File("link.json"), "target.json");
        await ShellAsync($"mkfifo {folder.File("pipe")}");
        await using ChildProcess reader = ChildProcess.Start(new ChildProcessStart("sh", "-c", $"cat {folder.File("pipe")} > {folder.File("copy.json")}"));

        ProcessResult piped = await HeapDriftTool.RunAsync("snapshot", "--pid", Text(worker.Id), "--output", folder.File("pipe"));
        ProcessResult linked = await HeapDriftTool.RunAsync("snapshot", "--pid", Text(worker.Id), "--output", folder.File("link.json"));
        await reader.WaitForExitAsync(HeapDriftTool.Deadline);

        Assert.Equal((0, 0), (piped.ExitCode, linked.ExitCode));
        Assert.True((bool)JsonNode.Parse(await File.ReadAllTextAsync(folder.File("copy.json"), TestContext.Current.CancellationToken))!["complete"]!);
        Assert.Equal("target.json", new FileInfo(folder.File("link.json")).LinkTarget);
        Assert.True((bool)JsonNode.Parse(await File.ReadAllTextAsync(folder.File("target.json"), TestContext.Current.CancellationToken))!["complete"]!);
    }

    private static Task<ProcessResult> ShellAsync(string script) => ChildProcess.RunAsync(new ChildProcessStart("sh", "-c", script), HeapDriftTool.Deadline);

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
