using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>The sample as a user runs it, on a free port, with the built executable as its helper.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private Shop(ChildProcess process, Uri address)
    {
        Process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public ChildProcess Process { get; }

    public HttpClient Client { get; }

    public static string Executable => Path.Join(RepositoryPaths.Output("LeakyShop"), "LeakyShop");

    /// <summary>Starts it and returns when it answers and SIGUSR2 is armed.</summary>
    public static async Task<Shop> StartAsync(string reports, IReadOnlyDictionary<string, string?>? environment = null, params string[] arguments)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));
        Dictionary<string, string?> settings = new(environment ?? new Dictionary<string, string?>())
        {
            ["HeapDrift__CollectorPath"] = RepositoryPaths.HeapDrift,
            ["HeapDrift__OutputDirectory"] = reports,
        };

        // Signals to a shop that an agent watches go to the agent. A test that wants that sets null.
        settings.TryAdd(WorkerDirectory.AgentVariable, "off");
        var shop = new Shop(
            ChildProcess.Start(new ChildProcessStart(Executable, ["--urls", address.ToString(), .. arguments]) { Environment = settings }), address);
        await Eventually.HoldsAsync(shop.IsHealthyAsync, HeapDriftTool.Deadline, "the shop answers", shop.Process.Describe);
        return shop;
    }

    public Task WaitForLineAsync(string words, int after = 0) =>
        Process.WaitForLineAsync(line => line.Contains(words, StringComparison.Ordinal), HeapDriftTool.Deadline, after);

    public async Task<Shop> ArmedAsync()
    {
        await Eventually.HoldsAsync(() => IsArmed(Process.Id), HeapDriftTool.Deadline, "SIGUSR2 is armed", Process.Describe);
        return this;
    }

    public static bool IsArmed(int pid) => new ProcFileSystem().TryReadStatus(pid).Value?.Usr2 == SignalDisposition.Caught;

    public async Task SwitchOnAsync(string leak) =>
        (await Client.PutAsync(new Uri($"/leaks/{leak}", UriKind.Relative), null)).EnsureSuccessStatusCode();

    public async Task OrderAsync(int count)
    {
        for (int order = 0; order < count; order++)
        {
            (await Client.PostAsync(new Uri("/orders", UriKind.Relative), null)).EnsureSuccessStatusCode();
        }
    }

    /// <summary>The pid of the worker that answered.</summary>
    public async Task<int> AskForPidAsync()
    {
        using var fresh = new HttpClient { BaseAddress = Client.BaseAddress };
        using HttpResponseMessage answer = await fresh.GetAsync(new Uri("/health", UriKind.Relative));
        return int.Parse(answer.Headers.GetValues("X-Worker-Pid").Single(), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }

    private async Task<bool> IsHealthyAsync() => (await Client.GetAsync(new Uri("/health", UriKind.Relative))).IsSuccessStatusCode;

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
