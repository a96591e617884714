using System.Globalization;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>Signals to the tool itself, whatever it is at.</summary>
public sealed class InterruptionTests
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigUsr2 = 12;
    private const int SigTerm = 15;

    [Theory]
    [InlineData(SigInt, "copy-on-write")]
    [InlineData(SigTerm, "copy-on-write")]
    [InlineData(SigHup, "copy-on-write")]
    [InlineData(SigInt, "eventpipe")]
    public async Task ACaptureThatIsTakenBackInItsBaselineSaysSoOnDiskAndLeavesNothingElse(int signal, string engine)
    {
        using var folder = new TemporaryFolder();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "200000");
        await using ChildProcess tool = HeapDriftTool.Start(
            "capture", "--pid", worker.Id.ToString(CultureInfo.InvariantCulture), "--window", "5m", "--engine", engine, "--output", folder.Path, "--format", "json");
        await tool.WaitForLineAsync(line => line.Contains("taking the baseline", StringComparison.Ordinal), HeapDriftTool.Deadline);
        tool.Signal(signal);

        Assert.Equal(1, (await tool.WaitForExitAsync(HeapDriftTool.Deadline)).Code);
        Assert.Contains(tool.StderrLines, line => line.Contains("the capture was cancelled; the worker goes on as before", StringComparison.Ordinal));
        Assert.Equal("cancelled", (string?)JsonNode.Parse(string.Join('\n', tool.StdoutLines))!["outcome"]);
        Assert.Equal(folder.Captures, Directory.GetDirectories(folder.Path));
        Assert.Single(folder.Captures);
        await worker.CollectAsync();
    }

    [Fact]
    public async Task TheDemoThatIsInterruptedLeavesNoServiceBehind()
    {
        using var folder = new TemporaryFolder();
        await using ChildProcess demo = HeapDriftTool.Start("demo", "--output", folder.Path);
        string line = await demo.WaitForLineAsync(line => line.StartsWith("1. ", StringComparison.Ordinal), HeapDriftTool.Deadline);
        int shop = int.Parse(line.Split("as process ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        demo.Signal(SigHup);

        Assert.Equal(1, (await demo.WaitForExitAsync(HeapDriftTool.Deadline)).Code);
        Assert.Contains(demo.StderrLines, line => line.Contains("the demo was cancelled; its service and its agent were stopped", StringComparison.Ordinal));
        await Eventually.HoldsAsync(() => !Directory.Exists($"/proc/{shop}"), HeapDriftTool.Deadline, "the shop is gone", demo.Describe);
    }

    [Fact]
    public async Task TheSignalThatIsForWorkersDoesNotEndTheAgent()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path);

        agent.Process.Signal(SigUsr2);
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        await agent.WatchesAsync(worker.Id);

        agent.Process.Signal(SigTerm);
        ProcessExit exit = await agent.Process.WaitForExitAsync(HeapDriftTool.Deadline);
        Assert.True(exit.Code == 0, agent.Process.Describe());
    }
}
