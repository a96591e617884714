using System.Globalization;
using System.Text.Json.Nodes;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>Workers that start and die ten a second.</summary>
public sealed class ChurnTests
{
    private const int PerRound = 10;
    private const int DotNetPerRound = 2;
    private const int Rounds = 10;

    /// <summary>What a collection of the agent's own may leave lying about. A kilobyte for each dead worker would be nothing beside it, a buffer for each is not.</summary>
    private const long FlatBytes = 32L << 20;

    private const string Program = "churned-worker";

    private readonly ProcFileSystem _proc = new();

    [Fact]
    public async Task TheAgentKeepsItsBoardRightAndItsMemoryFlatWhileWorkersComeAndGo()
    {
        using var folder = new TemporaryFolder();
        string program = folder.File("." + Program);
        File.CreateSymbolicLink(program, "/bin/sleep");
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, new Dictionary<string, string?> { ["HeapDrift__Discovery__Commands__0"] = "." + Program });
        int self = (int)(await agent.GetAsync("/api/workers")).AsArray().Single(worker => (bool)worker!["isSelf"]!)!["pid"]!;
        var dead = new HashSet<int>();
        long? before = null;

        for (int round = 0; round < Rounds; round++)
        {
            dead.UnionWith(await LiveAndDieAsync(agent, program, folder));
            before ??= _proc.TryReadStatus(self).Value!.RssBytes;
        }

        await using ChildProcess survivor = ChildProcess.Start(new ChildProcessStart(program, "60"));
        await agent.WatchesAsync(survivor.Id);
        int[] shown = [.. (await agent.GetAsync("/api/workers")).AsArray().Select(worker => (int)worker!["pid"]!)];
        string[] series = await agent.MetricAsync("heapdrift_worker_signal_armed{");

        Assert.False(agent.Process.HasExited);
        Assert.DoesNotContain(shown, pid => dead.Contains(pid) && pid != survivor.Id);
        Assert.DoesNotContain(series, line => dead.Any(pid => pid != survivor.Id && line.Contains(string.Create(CultureInfo.InvariantCulture, $"process_pid=\"{pid}\""), StringComparison.Ordinal)));
        Assert.InRange(_proc.TryReadStatus(self).Value!.RssBytes!.Value, 0, before!.Value + FlatBytes);
    }

    /// <summary>Ten workers, seen by the agent and killed.</summary>
    private static async Task<int[]> LiveAndDieAsync(AgentProcess agent, string program, TemporaryFolder folder)
    {
        var environment = new Dictionary<string, string?> { ["TMPDIR"] = folder.Path };
        ChildProcess[] workers =
        [
            .. Enumerable.Range(0, PerRound - DotNetPerRound).Select(_ => ChildProcess.Start(new ChildProcessStart(program, "60"))),
            .. Enumerable.Range(0, DotNetPerRound).Select(_ => ChildProcess.Start(new ChildProcessStart(RepositoryPaths.PlainWorker(10)) { Environment = environment })),
        ];
        int[] pids = [.. workers.Select(worker => worker.Id)];
        await Eventually.HoldsAsync(
            async () => (await agent.GetAsync("/api/workers")).AsArray().Count(worker => pids.Contains((int)worker!["pid"]!)) == pids.Length,
            HeapDriftTool.Deadline,
            "all workers of the round are watched",
            agent.Process.Describe);
        foreach (ChildProcess worker in workers)
        {
            await worker.DisposeAsync();
        }

        return pids;
    }
}
