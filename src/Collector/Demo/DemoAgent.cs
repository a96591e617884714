using System.Text.Json;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Demo;

/// <summary>The agent as a child process, which watches the demo's shop alone, and what its interface says of it.</summary>
internal sealed class DemoAgent : IDisposable
{
    private readonly HttpClient _client;

    /// <param name="output">Its folder.</param>
    /// <exception cref="DemoException">It cannot be started.</exception>
    public DemoAgent(string output)
    {
        Uri address = DemoProcess.FreeAddress();
        var environment = new Dictionary<string, string>
        {
            // Nobody stays for half a minute; the shop has answered requests by then, which is what the time is for.
            ["HeapDrift__Watch__SettlingTime"] = "00:00:03",
            ["HeapDrift__Watch__ReadInterval"] = "00:00:02",
        };
        Process = DemoProcess.Start(OwnExecutable.Path, ["agent", "--urls", address.ToString(), "--output", output, "--window", "30s"], environment);
        _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
    }

    public DemoProcess Process { get; }

    public Uri Address => _client.BaseAddress!;

    /// <summary>Whether a signal that the shop gets is passed on to this agent.</summary>
    public async Task<bool> IsListeningToAsync(int pid) =>
        (await TryGetAsync("/api/workers")) is { } workers
        && workers.EnumerateArray().Any(worker => worker.GetProperty("pid").GetInt32() == pid && worker.GetProperty("isListenedTo").GetBoolean());

    /// <summary>What the one capture is doing, or why there is none.</summary>
    public async Task<string> CaptureMessageAsync() =>
        (await TryGetAsync("/api/captures")) is { } captures && captures.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } capture
            ? capture.GetProperty("message").GetString() ?? ""
            : "";

    public void Dispose()
    {
        _client.Dispose();
        Process.Dispose();
    }

    private async Task<JsonElement?> TryGetAsync(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(await _client.GetStringAsync(new Uri(path, UriKind.Relative)));
            return document.RootElement.Clone();
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
