using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary><c>heapdrift agent</c> as the platform team runs it.</summary>
public sealed class AgentTests
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    [Fact]
    public async Task WorkersAreWatchedUntilTheyEnd()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "100000");
        string label = string.Create(CultureInfo.InvariantCulture, $"process_pid=\"{worker.Id}\"");

        await agent.WatchesAsync(worker.Id);
        JsonNode seen = (await agent.WorkerAsync(worker.Id))!;
        string[] pss = [.. (await agent.MetricAsync("heapdrift_memory_pss_bytes{")).Where(line => line.Contains(label, StringComparison.Ordinal))];

        Assert.Equal("PlainWorker10", (string?)seen["name"]);
        Assert.StartsWith("10.0.", (string?)seen["runtimeVersion"], StringComparison.Ordinal);
        Assert.Equal("default", (string?)seen["sigusr2"]);
        Assert.Equal(["anon", "file", "shmem", "swap"], pss.Select(line => line.Split("heapdrift_memory_kind=\"")[1].Split('"')[0]));
        Assert.Equal((long)seen["pssBytes"]!, pss.Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)));
        await worker.ExitAsync();
        await Eventually.HoldsAsync(
            async () => !(await agent.MetricAsync("heapdrift_memory_pss_bytes{")).Any(line => line.Contains(label, StringComparison.Ordinal)),
            HeapDriftTool.Deadline,
            "the worker's series are gone",
            agent.Process.Describe);
    }

    [Fact]
    public async Task ACaptureIsStartedByHandAndItsReportIsServed()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, null, "--window", "2s");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--leak", "20000");
        await agent.WatchesAsync(worker.Id);

        JsonNode answer = await agent.RequestCaptureAsync(worker.Id);
        JsonNode again = await agent.RequestCaptureAsync(worker.Id);
        string id = (string)answer["captureId"]!;
        JsonNode line = await agent.EndedAsync(line => (string?)line["captureId"] == id);
        JsonNode report = await agent.GetAsync($"/api/captures/{id}");

        Assert.Equal("accepted", (string?)answer["kind"]);
        Assert.Equal("coalesced", (string?)again["kind"]);
        Assert.Equal(id, (string?)again["captureId"]);
        Assert.Equal("completed", (string?)line["outcome"]);
        Assert.Equal("managed-leak", (string?)line["verdict"]);
        Assert.Contains("LeakedThing", (string?)line["message"], StringComparison.Ordinal);
        Assert.Equal(id, (string?)report["captureId"]);
        Assert.Equal("Targets.LeakedThing", (string?)report["findings"]![0]!["type"]);
        Assert.True(File.Exists(Path.Join(folder.Path, id, "report.txt")));
        Assert.Contains(
            await agent.MetricAsync("heapdrift_captures_total{"),
            counted => counted.Contains("heapdrift_capture_trigger=\"command\",heapdrift_capture_outcome=\"completed\"", StringComparison.Ordinal));
        Assert.NotEmpty(await agent.MetricAsync("heapdrift_capture_pause_seconds_bucket{"));
    }

    [Theory]
    [InlineData("/api/captures/20260101-000000-1-0000")]
    [InlineData("/api/captures/..%2F..%2Fetc%2Fpasswd")]
    [InlineData("/api/captures/.agent-captures.json")]
    public async Task WhatIsNoReportIsNotServed(string path)
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);

        using HttpResponseMessage answer = await agent.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task AStopInTheMiddleOfACaptureLeavesTheWorkerAtWork()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, null, "--window", "5m");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "10000");
        await agent.WatchesAsync(worker.Id);
        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        await BaselineAsync(agent, id);

        agent.Process.Signal(SigTerm);
        ProcessExit exit = await agent.Process.WaitForExitAsync(HeapDriftTool.Deadline);

        Assert.Equal(0, exit.Code);
        await worker.CollectAsync();
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Join(folder.Path, id, "report.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal("cancelled", (string?)report["outcome"]);
    }

    [Fact]
    public async Task AnAgentThatIsKilledInTheMiddleOfACaptureSaysSoWhenItIsBack()
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "10000");
        string id;
        await using (AgentProcess killed = await AgentProcess.StartAsync(folder.Path, null, "--window", "5m"))
        {
            await killed.WatchesAsync(worker.Id);
            id = (string)(await killed.RequestCaptureAsync(worker.Id))["captureId"]!;
            await BaselineAsync(killed, id);
            killed.Process.Signal(SigKill);
            await killed.Process.WaitForExitAsync(HeapDriftTool.Deadline);
        }

        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);
        JsonNode line = await agent.EndedAsync(line => (string?)line["captureId"] == id);

        Assert.Equal("failed", (string?)line["outcome"]);
        Assert.Contains("the agent ended during the capture", (string?)line["message"], StringComparison.Ordinal);
        await worker.CollectAsync();
    }

    [Theory]
    [InlineData("HeapDrift__Captures__MostAtOnce", "0", "HeapDrift:Captures:MostAtOnce is 0: it takes 1 to 16")]
    [InlineData("HeapDrift__Captures__Cooldown", "soon", "HeapDrift:Captures:Cooldown")]
    [InlineData("HeapDrift__Captures__Engine", "magic", "HeapDrift:Captures:Engine is 'magic': it takes auto, copy-on-write, eventpipe")]
    [InlineData("HeapDrift__Captures__SymbolsDirectory", "/no/such/folder", "HeapDrift:Captures:SymbolsDirectory is '/no/such/folder': there is no such folder")]
    [InlineData("HeapDrift__Watch__MostReadShare", "0.5", "HeapDrift:Watch:MostReadShare is 0.5: it takes 1E-05 to 0.01")]
    [InlineData("HeapDrift__Watch__ReadInterval", "00:05:00", "HeapDrift:Watch:ReadInterval is 00:05:00: it takes 00:00:01 to 00:01:00")]
    [InlineData("HeapDrift__Watch__SettlingTime", "02:00:00", "HeapDrift:Watch:SettlingTime is 02:00:00: it takes 00:00:00 to 01:00:00")]
    [InlineData("HeapDrift__Detector__FloorBytes", "-1", "HeapDrift:Detector:FloorBytes is -1: it takes 0 or more")]
    [InlineData("HeapDrift__Captures__MostAtOnec", "3", "MostAtOnec")]
    [InlineData("HeapDrift__Capture__MostAtOnce", "3", "there is no setting HeapDrift:Capture: it takes HeapDrift:Captures, ")]
    public async Task AWrongSettingEndsTheStartAndIsNamed(string name, string value, string expected)
    {
        using var folder = new TemporaryFolder();

        ProcessResult result = await HeapDriftTool.RunAsync(
            new Dictionary<string, string?> { [name] = value }, "agent", "--urls", "http://127.0.0.1:0", "--output", folder.Path);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Stderr + result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASettingsFileThatIsBrokenIsNamedWithItsLine()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("appsettings.json"), "{\n  \"HeapDrift\": {\n", TestContext.Current.CancellationToken);

        ProcessResult result = await ChildProcess.RunAsync(
            new ChildProcessStart(RepositoryPaths.HeapDrift, "agent", "--urls", "http://127.0.0.1:0") { WorkingDirectory = folder.Path }, HeapDriftTool.Deadline);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("appsettings.json", result.Stderr, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 2", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APortThatIsTakenIsSaid()
    {
        using var folder = new TemporaryFolder();
        using var another = new TemporaryFolder();
        await using AgentProcess first = await AgentProcess.StartAsync(folder.Path);

        ProcessResult second = await HeapDriftTool.RunAsync("agent", "--urls", first.Client.BaseAddress!.ToString(), "--output", another.Path);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("address already in use", second.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASecondAgentInTheFolderOfOneThatCapturesDoesNotStartAndSpoilsNothing()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess first = await AgentProcess.StartAsync(folder.Path, null, "--window", "8s");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "10000");
        await first.WatchesAsync(worker.Id);
        string id = (string)(await first.RequestCaptureAsync(worker.Id))["captureId"]!;
        await BaselineAsync(first, id);

        ProcessResult second = await HeapDriftTool.RunAsync("agent", "--urls", "http://127.0.0.1:0", "--output", folder.Path);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"another agent works in {folder.Path}: end it, or give this one a folder of its own (--output)", second.Stderr, StringComparison.Ordinal);
        Assert.Equal("completed", (string?)(await first.EndedAsync(line => (string?)line["captureId"] == id))["outcome"]);
        Assert.True(File.Exists(Path.Join(folder.Path, id, "report.json")));
    }

    private static Task BaselineAsync(AgentProcess agent, string id) => Eventually.HoldsAsync(
        async () => (await agent.GetAsync("/api/captures")).AsArray().Any(line =>
            (string?)line!["captureId"] == id && ((string?)line["message"])!.StartsWith("baseline taken", StringComparison.Ordinal)),
        HeapDriftTool.Deadline,
        "the baseline is there",
        agent.Process.Describe);
}
