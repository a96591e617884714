using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.StartupHook.Tests;

/// <summary>The hook and the real executable together.</summary>
public sealed class LeakOfAnUnmodifiedProgramTests
{
    [Fact]
    public async Task TwoSignalsToAProgramWithoutAHostNameItsLeak()
    {
        string reports = Directory.CreateTempSubdirectory("heapdrift-hook-").FullName;
        await using PlainWorker worker = await PlainWorker.StartAsync(
            new ChildProcessStart(RepositoryPaths.PlainWorker(10), "--nodes", "1000").With(
                null, ("HeapDrift__CollectorPath", RepositoryPaths.HeapDrift), ("HeapDrift__OutputDirectory", reports)));

        worker.Process.Signal(HookedProcess.SigUsr2);
        await worker.Process.WaitForLineAsync(HookedProcess.Says("Baseline taken"), HookedProcess.Patience);
        await worker.LeakAsync(20_000);
        worker.Process.Signal(HookedProcess.SigUsr2);
        await worker.Process.WaitForLineAsync(HookedProcess.Says("LeakedThing grew by 20,000 objects"), HookedProcess.Patience);

        string report = Assert.Single(Directory.GetFiles(reports, "report.json", SearchOption.AllDirectories));
        JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken))!;
        Assert.Equal("static Targets.Registry.Things", (string?)json["findings"]![0]!["holder"]);
        await worker.CollectAsync();
    }
}
