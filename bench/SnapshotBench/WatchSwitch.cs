using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.SnapshotBench;

/// <summary>
/// An agent that runs all the time and watches a child of this process only while it is told to: a pid file names whose children are workers, and is
/// read anew in each of its rounds. So turns can be short, and no agent starts or compiles in any of them.
/// </summary>
internal sealed class WatchSwitch : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _agent;
    private readonly string _folder;
    private readonly HttpClient _http;

    private WatchSwitch(ChildProcess agent, string folder, Uri address)
    {
        (_agent, _folder) = (agent, folder);
        _http = new HttpClient { BaseAddress = address };
    }

    public int AgentPid => _agent.Id;

    /// <param name="start">Starts a program, on which processors the caller knows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<WatchSwitch> StartAsync(Func<ChildProcessStart, ChildProcess> start, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("heapdrift-bench-").FullName;
        ChildProcess agent = start(new ChildProcessStart(RepositoryPaths.HeapDrift, "agent", "--urls", "http://127.0.0.1:0", "--output", folder)
        {
            Environment = new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null,
                ["HeapDrift__Watch__SettlingTime"] = "00:00:00",
                ["HeapDrift__Discovery__Services__0"] = "none of itself",
                ["HeapDrift__Discovery__Leaders__0"] = PidFile(folder),
            },
        });
        try
        {
            string line = await agent.WaitForLineAsync(line => line.Contains("The agent listens on", StringComparison.Ordinal), Deadline).WaitAsync(cancellationToken);
            return new(agent, folder, new Uri(line.Split("listens on ")[1].Split(',')[0]));
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    public Task OnAsync(int worker, CancellationToken cancellationToken) =>
        TurnAsync(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"), $"Process {worker} ", "is watched", cancellationToken);

    public Task OffAsync(int worker, CancellationToken cancellationToken) => TurnAsync("", $"Process {worker} ", "is gone", cancellationToken);

    /// <summary>The worker's collections that the agent has counted. Null where it has heard nothing of the counters, which come every ten seconds.</summary>
    public async Task<double?> CollectionsAsync(int worker, CancellationToken cancellationToken)
    {
        string label = string.Create(CultureInfo.InvariantCulture, $"process_pid=\"{worker}\"");
        string[] lines =
        [
            .. (await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken)).Split('\n').Where(line => line.Contains(label, StringComparison.Ordinal)),
        ];
        return lines.Any(line => line.StartsWith("dotnet_gc_heap_total_allocated_bytes_total{", StringComparison.Ordinal))
            ? lines.Where(line => line.StartsWith("dotnet_gc_collections_total{", StringComparison.Ordinal)).Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture))
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _agent.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string PidFile(string folder) => Path.Join(folder, "leader.pid");

    private async Task TurnAsync(string leader, string who, string expected, CancellationToken cancellationToken)
    {
        int before = _agent.LineCount;
        await File.WriteAllTextAsync(PidFile(_folder), leader, cancellationToken);
        await _agent.WaitForLineAsync(
            line => line.Contains(who, StringComparison.Ordinal) && line.Contains(expected, StringComparison.Ordinal), Deadline, before).WaitAsync(cancellationToken);
    }
}
