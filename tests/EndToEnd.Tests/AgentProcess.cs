using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>A running <c>heapdrift agent</c> on a free port.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    /// <summary>
    /// Which .NET services an agent watches. Signals to a service that an agent listens to go to that agent: the services of other tests are
    /// none of its business.
    /// </summary>
    public const string Services = "HeapDrift__Discovery__Services__0";

    private const string TestWorkers = "PlainWorker*";

    /// <summary>Workers of tests start within a second.</summary>
    private const string SettlingTime = "HeapDrift__Watch__SettlingTime";

    private AgentProcess(ChildProcess process, Uri address)
    {
        Process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public ChildProcess Process { get; }

    public HttpClient Client { get; }

    public static Task<AgentProcess> StartAsync(string reports, IReadOnlyDictionary<string, string?>? environment = null, params string[] arguments) =>
        StartAsync(reports, start => HeapDriftTool.Start(WithServices(environment), start), arguments);

    /// <summary>In a mount namespace of its own.</summary>
    /// <param name="reports">The folder of the reports.</param>
    /// <param name="environment">Added to the test's own.</param>
    /// <param name="mount">A shell command that makes the mounts.</param>
    /// <param name="arguments">Further ones.</param>
    public static Task<AgentProcess> StartWithMountsAsync(string reports, IReadOnlyDictionary<string, string?> environment, string mount, params string[] arguments) =>
        StartAsync(reports, start => HeapDriftTool.StartWithMounts(WithServices(environment), mount, start), arguments);

    private static Dictionary<string, string?> WithServices(IReadOnlyDictionary<string, string?>? environment)
    {
        var all = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>());
        all.TryAdd(Services, TestWorkers);
        all.TryAdd(SettlingTime, "00:00:03");
        return all;
    }

    private static async Task<AgentProcess> StartAsync(string reports, Func<IReadOnlyList<string>, ChildProcess> start, string[] arguments)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Shop.FreePort()}"));
        var agent = new AgentProcess(start(["agent", "--urls", address.ToString(), "--output", reports, .. arguments]), address);
        await Eventually.HoldsAsync(agent.IsReadyAsync, HeapDriftTool.Deadline, "the agent is ready", agent.Process.Describe);
        return agent;
    }

    /// <summary>The document about one worker; null while it is not watched.</summary>
    public async Task<JsonNode?> WorkerAsync(int pid) =>
        (await GetAsync("/api/workers")).AsArray().FirstOrDefault(worker => (int)worker!["pid"]! == pid);

    public Task WatchesAsync(int pid) => Eventually.HoldsAsync(
        async () => await WorkerAsync(pid) is not null, HeapDriftTool.Deadline, $"the agent watches process {pid}", Process.Describe);

    public async Task<JsonNode> RequestCaptureAsync(int pid)
    {
        using HttpResponseMessage answer = await Client.PostAsync(new Uri($"/api/workers/{pid}/captures", UriKind.Relative), null);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task<JsonNode> GetAsync(string path) => (await Client.GetFromJsonAsync<JsonNode>(new Uri(path, UriKind.Relative)))!;

    /// <summary>The lines of one metric, without comments.</summary>
    public async Task<string[]> MetricAsync(string name) =>
    [
        .. (await Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal)),
    ];

    /// <summary>The line of <c>/api/captures</c> once a capture has ended.</summary>
    public async Task<JsonNode> EndedAsync(Func<JsonNode, bool> isWanted)
    {
        JsonNode? found = null;
        await Eventually.HoldsAsync(
            async () => (found = (await GetAsync("/api/captures")).AsArray().FirstOrDefault(line => (string?)line!["state"] == "ended" && isWanted(line))) is not null,
            HeapDriftTool.Deadline,
            "the capture ends",
            Process.Describe);
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await Client.GetAsync(new Uri("/readyz", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!Process.HasExited)
        {
            return false;
        }
    }
}
