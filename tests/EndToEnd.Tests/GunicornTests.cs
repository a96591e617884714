using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>Workers of another world: measured like those of .NET, by one line of configuration.</summary>
public sealed class GunicornTests
{
    private const double Tolerance = 0.02;

    private static readonly Dictionary<string, string?> Rule = new() { ["HeapDrift__Discovery__Commands__0"] = "gunicorn" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EachWorkersPssIsThatOfSmemAndWhatIsSharedIsCountedInShares(bool isPreloaded)
    {
        using var folder = new TemporaryFolder();
        await using Gunicorn gunicorn = await Gunicorn.StartAsync(isPreloaded);
        int[] pids = await gunicorn.BootedAsync(Gunicorn.Workers);
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Rule);

        Dictionary<int, long> own = [];
        Dictionary<int, long> smems = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                smems = await SmemAsync();
                own = await PssAsync(agent);
                return pids.All(pid => own.ContainsKey(pid) && smems.ContainsKey(pid) && Math.Abs(own[pid] - smems[pid]) <= Tolerance * smems[pid]);
            },
            HeapDriftTool.Deadline,
            "/metrics says what smem says",
            () => $"smem {string.Join(' ', smems)}; heapdrift {string.Join(' ', own)}");

        // All of it in each worker; or a fifth of it, because the leader has it too.
        Assert.All(pids, pid => Assert.InRange(own[pid], isPreloaded ? 0 : Gunicorn.ApplicationBytes, isPreloaded ? Gunicorn.ApplicationBytes / 2 : long.MaxValue));
        foreach (int pid in pids)
        {
            Assert.InRange((long)(await agent.WorkerAsync(pid))!["rssBytes"]!, Gunicorn.ApplicationBytes, long.MaxValue);
        }
    }

    [Fact]
    public async Task FourWorkersStandUnderOneLeaderAndAKilledOneIsReplaced()
    {
        using var folder = new TemporaryFolder();
        await using Gunicorn gunicorn = await Gunicorn.StartAsync(isPreloaded: false, new Dictionary<string, string?> { ["OTEL_SERVICE_NAME"] = "wsgi-shop" });
        int[] pids = await gunicorn.BootedAsync(Gunicorn.Workers);
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Rule);
        await GroupIsAsync(agent, gunicorn, pids);

        using (var victim = System.Diagnostics.Process.GetProcessById(pids[0]))
        {
            victim.Kill();
        }

        int[] all = await gunicorn.BootedAsync(Gunicorn.Workers + 1);
        await GroupIsAsync(agent, gunicorn, all[1..]);
        JsonNode leader = (await agent.WorkerAsync(gunicorn.Process.Id))!;
        JsonNode successor = (await agent.WorkerAsync(all[^1]))!;

        Assert.Null(leader["leaderPid"]);
        Assert.True((bool)leader["isLeader"]!);
        Assert.Equal(("gunicorn", "wsgi-shop", false), ((string?)successor["name"], (string?)successor["serviceName"], (bool)successor["isDotNet"]!));
        string[] series = await agent.MetricAsync("heapdrift_memory_private_bytes{");
        Assert.DoesNotContain(series, line => line.Contains(string.Create(CultureInfo.InvariantCulture, $"process_pid=\"{pids[0]}\""), StringComparison.Ordinal));
    }

    [Fact]
    public async Task ACaptureOfAWorkerWithoutDotNetIsRefusedWithTheReason()
    {
        using var folder = new TemporaryFolder();
        await using Gunicorn gunicorn = await Gunicorn.StartAsync(isPreloaded: true);
        int pid = (await gunicorn.BootedAsync(Gunicorn.Workers))[0];
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Rule);
        await agent.WatchesAsync(pid);

        using HttpResponseMessage answer = await agent.Client.PostAsync(new Uri($"/api/workers/{pid}/captures", UriKind.Relative), null, TestContext.Current.CancellationToken);
        JsonNode refusal = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("refused", (string?)refusal["kind"]);
        Assert.Equal($"process {pid} (gunicorn) is not a .NET process: HeapDrift measures its memory, but only a .NET heap can be captured", (string?)refusal["message"]);
        Assert.Empty(folder.Captures);
    }

    private static Task GroupIsAsync(AgentProcess agent, Gunicorn gunicorn, int[] pids)
    {
        int[] group = [];
        return Eventually.HoldsAsync(
            async () =>
            {
                group = [.. (await agent.GetAsync("/api/workers")).AsArray().Where(worker => (int?)worker!["leaderPid"] == gunicorn.Process.Id).Select(worker => (int)worker!["pid"]!)];
                return group.SequenceEqual(pids.Order());
            },
            HeapDriftTool.Deadline,
            $"the workers of gunicorn are {string.Join(' ', pids)}",
            () => $"{string.Join(' ', group)}\n{gunicorn.Process.Describe()}");
    }

    /// <summary>What the kernel calls PSS has no swap in it.</summary>
    private static async Task<Dictionary<int, long>> PssAsync(AgentProcess agent) => (await agent.MetricAsync("heapdrift_memory_pss_bytes{"))
        .Where(line => !line.Contains("heapdrift_memory_kind=\"swap\"", StringComparison.Ordinal))
        .GroupBy(line => int.Parse(line.Split("process_pid=\"")[1].Split('"')[0], CultureInfo.InvariantCulture))
        .ToDictionary(worker => worker.Key, worker => worker.Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)));

    /// <summary>In kB, as it prints them.</summary>
    private static async Task<Dictionary<int, long>> SmemAsync()
    {
        ProcessResult result = await ChildProcess.RunAsync(new ChildProcessStart("smem", "-H", "-P", "gunicorn", "-c", "pid pss"), HeapDriftTool.Deadline);
        return result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(fields => int.Parse(fields[0], CultureInfo.InvariantCulture), fields => long.Parse(fields[1], CultureInfo.InvariantCulture) * 1024);
    }
}
