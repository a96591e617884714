using System.Collections.Concurrent;
using System.Globalization;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>A node with as many workers as a platform team puts on one.</summary>
public sealed class ManyWorkersTests
{
    /// <summary>About 40 MB each.</summary>
    private const int Workers = 50;

    /// <summary>Two cores start them in turn as fast as all at once.</summary>
    private const int StartsAtOnce = 4;

    /// <summary>What the agent may take with so many.</summary>
    private const long MostPssBytes = 150L << 20;

    [Fact]
    public async Task FiftyWorkersAreWatchedAtOnceAndNoneIsHarmed()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, null, "--window", "1s");
        var workers = new ConcurrentBag<PlainWorker>();
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Workers), new ParallelOptions { MaxDegreeOfParallelism = StartsAtOnce }, async (_, _) => workers.Add(await PlainWorker.StartAsync(10, "--nodes", "1000")));
            int[] all = [.. workers.Select(worker => worker.Id).Order()];

            await Eventually.HoldsAsync(async () => !all.Except(await SeenAsync(agent)).Any(), HeapDriftTool.Deadline, "all are in /metrics", agent.Process.Describe);
            string id = (string)(await agent.RequestCaptureAsync(all[0]))["captureId"]!;
            await agent.EndedAsync(line => (string?)line["captureId"] == id && (string?)line["outcome"] == "completed");
            long pss = new ProcFileSystem().TryReadSmapsRollup(agent.Process.Id).Value!.PssBytes;

            Assert.True(pss <= MostPssBytes, string.Create(CultureInfo.InvariantCulture, $"the agent has {pss:N0} bytes"));
            Assert.All(workers, worker => Assert.False(worker.Process.HasExited));
            await Task.WhenAll(workers.Select(worker => worker.CollectAsync()));

            await Task.WhenAll(workers.Take(Workers / 2).Select(worker => worker.ExitAsync()));
            int[] left = [.. workers.Skip(Workers / 2).Select(worker => worker.Id)];
            await Eventually.HoldsAsync(
                async () => (await SeenAsync(agent)).Intersect(all).ToHashSet().SetEquals(left), HeapDriftTool.Deadline, "those that ended are gone, and no other", agent.Process.Describe);
            Assert.False(agent.Process.HasExited);
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.DisposeAsync().AsTask()));
        }
    }

    /// <summary>The pids of all whose memory is exported.</summary>
    private static async Task<HashSet<int>> SeenAsync(AgentProcess agent) =>
    [
        .. (await agent.MetricAsync("heapdrift_memory_pss_bytes{")).Select(line =>
            int.Parse(line.Split("process_pid=\"")[1].Split('"')[0], CultureInfo.InvariantCulture)),
    ];
}
