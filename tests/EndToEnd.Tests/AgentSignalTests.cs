using System.Text.Json.Nodes;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>SIGUSR2 to a service with the package while an agent listens to it.</summary>
public sealed class AgentSignalTests
{
    private const int SigUsr2 = 12;

    [Fact]
    public async Task TwoSignalsAreOneCaptureOfTheAgents()
    {
        using var folder = new TemporaryFolder();
        using var ofTheShop = new TemporaryFolder();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, new Dictionary<string, string?> { [AgentProcess.Services] = "signalled-shop" }, "--window", "1h");
        await using Shop shop = await Shop.StartAsync(ofTheShop.Path, new Dictionary<string, string?> { ["HEAPDRIFT_AGENT"] = null, ["OTEL_SERVICE_NAME"] = "signalled-shop" });
        await shop.ArmedAsync();
        await agent.WatchesAsync(shop.Process.Id);
        await shop.SwitchOnAsync("session-cache");

        // Until the agent listens the shop captures by itself, and says so.
        await Eventually.HoldsAsync(
            async () => (await agent.MetricAsync("dotnet_gc_heap_total_allocated_bytes_total{")).Any(line => line.Contains("signalled-shop", StringComparison.Ordinal)),
            HeapDriftTool.Deadline,
            "the agent listens",
            agent.Process.Describe);
        shop.Process.Signal(SigUsr2);
        await shop.WaitForLineAsync("passed on to the HeapDrift agent");
        await UntilAsync(agent, "waiting until");
        await shop.OrderAsync(500);
        shop.Process.Signal(SigUsr2);
        JsonNode line = await agent.EndedAsync(line => (int)line["pid"]! == shop.Process.Id);

        Assert.Equal("signal", (string?)line["trigger"]!["kind"]);
        Assert.Equal("completed", (string?)line["outcome"]);
        Assert.Single((await agent.GetAsync("/api/captures")).AsArray());
        Assert.Single(folder.Captures);
        Assert.Empty(ofTheShop.Captures);
        (await shop.Client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }

    private static Task UntilAsync(AgentProcess agent, string words) => Eventually.HoldsAsync(
        async () => (await agent.GetAsync("/api/captures")).AsArray().Any(line => ((string?)line!["message"])?.Contains(words, StringComparison.OrdinalIgnoreCase) == true),
        HeapDriftTool.Deadline,
        $"the capture says {words}",
        agent.Process.Describe);
}
