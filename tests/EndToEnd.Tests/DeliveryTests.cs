using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>What an agent owes the OTLP receiver, on real disks and over its own death.</summary>
public sealed partial class DeliveryTests
{
    private const int SigKill = 9;
    private const string FindingEvent = "heapdrift.finding";
    private const string CompletedEvent = "heapdrift.capture.completed";

    [Fact]
    public async Task AFindingThatTheReceiverRefusedArrivesOnceAfterTheAgentWasKilledInTheTraceThatItsMetricNames()
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--leak", "20000");
        string promised;
        await using (AgentProcess killed = await AgentProcess.StartAsync(folder.Path, Otlp(receiver), "--window", "2s"))
        {
            await killed.WatchesAsync(worker.Id);
            string id = (string)(await killed.RequestCaptureAsync(worker.Id))["captureId"]!;
            JsonNode line = await killed.EndedAsync(line => (string?)line["captureId"] == id);
            Assert.Equal("managed-leak", (string?)line["verdict"]);
            await killed.Process.WaitForLineAsync(text => text.Contains("is not delivered yet", StringComparison.Ordinal), HeapDriftTool.Deadline);
            promised = await ExemplarAsync(killed);
            Assert.Contains("heapdrift_captures_undelivered 1", await killed.MetricAsync("heapdrift_captures_undelivered "));
            killed.Process.Signal(SigKill);
            await killed.Process.WaitForExitAsync(HeapDriftTool.Deadline);
        }

        // The receiver refuses the second agent too at first: what the first one had under way when it was killed is over by then.
        int requests = receiver.RequestCount(OtlpSignal.Logs);
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Otlp(receiver));
        await Eventually.HoldsAsync(() => receiver.RequestCount(OtlpSignal.Logs) > requests, HeapDriftTool.Deadline, "the second agent tries", agent.Process.Describe);
        Assert.Empty(receiver.Logs);
        receiver.FailWith(null);
        await Eventually.HoldsAsync(
            async () => (await agent.MetricAsync("heapdrift_captures_undelivered ")).Contains("heapdrift_captures_undelivered 0") && receiver.Logs.Any(log => log.EventName == FindingEvent),
            HeapDriftTool.Deadline,
            "the finding arrives",
            agent.Process.Describe);

        ReceivedLog finding = Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
        Assert.Equal(promised, finding.TraceId);
        Assert.Equal([promised], receiver.Spans.Where(span => span.Name == "heapdrift.capture").Select(span => (string?)span.TraceId));
        Assert.Equal("Targets.LeakedThing", finding.Attributes["heapdrift.finding.type"]);
        Assert.Equal((long)worker.Id, finding.Resource["process.pid"]);
    }

    [Fact]
    public async Task AReportOnADiskThatIsReadOnlyIsSentOnceAndTheAgentGoesOn()
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--leak", "20000");
        receiver.FailWith(503);
        await using (AgentProcess first = await AgentProcess.StartAsync(folder.Path, Otlp(receiver), "--window", "1s"))
        {
            await first.WatchesAsync(worker.Id);
            string id = (string)(await first.RequestCaptureAsync(worker.Id))["captureId"]!;
            await first.EndedAsync(line => (string?)line["captureId"] == id);
        }

        string report = Assert.Single(folder.Captures);
        receiver.FailWith(null);
        await using AgentProcess agent = await AgentProcess.StartWithMountsAsync(
            folder.Path, Otlp(receiver), $"mount --bind {report} {report} && mount -o remount,ro,bind {report}", "--window", "1s");
        await agent.Process.WaitForLineAsync(text => text.Contains("stays marked as undelivered", StringComparison.Ordinal), HeapDriftTool.Deadline);
        string sent = Assert.Single(receiver.Logs, log => log.EventName == CompletedEvent).TraceId!;

        // The next report goes through the same loop, and with it the older one would.
        await agent.WatchesAsync(worker.Id);
        await agent.RequestCaptureAsync(worker.Id);
        await Eventually.HoldsAsync(
            () => receiver.Logs.Any(log => log.EventName == CompletedEvent && log.TraceId != sent), HeapDriftTool.Deadline, "the next report arrives", agent.Process.Describe);

        Assert.True(File.Exists(Path.Join(report, "undelivered.json")));
        Assert.Single(receiver.Logs, log => log.EventName == CompletedEvent && log.TraceId == sent);
        Assert.False(agent.Process.HasExited);
    }

    private static Dictionary<string, string?> Otlp(OtlpReceiver receiver) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.HttpEndpoint.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    /// <summary>The trace of the only capture so far.</summary>
    private static async Task<string> ExemplarAsync(AgentProcess agent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/openmetrics-text"));
        using HttpResponseMessage answer = await agent.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Match exemplar = Exemplar().Match(text);
        Assert.True(exemplar.Success, text);
        return exemplar.Groups["trace"].Value;
    }

    [GeneratedRegex("^heapdrift_captures_total\\{.*# \\{.*trace_id=\"(?<trace>[0-9a-f]{32})\"", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Exemplar();
}
