using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>What an agent owes the OTLP receiver, on real disks and over its own death.</summary>
public sealed partial class DeliveryTests
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const string StartedEvent = "heapdrift.capture.started";
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
    public async Task AFindingThatWasMadeWhileNobodyListenedArrivesWhenSomebodyDoes()
    {
        using var folder = new TemporaryFolder();
        int port = Shop.FreePort();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Otlp(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"))), "--window", "2s");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--leak", "20000");
        await agent.WatchesAsync(worker.Id);
        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        await agent.EndedAsync(line => (string?)line["captureId"] == id && (string?)line["verdict"] == "managed-leak");
        await agent.Process.WaitForLineAsync(text => text.Contains("is not delivered yet", StringComparison.Ordinal), HeapDriftTool.Deadline);
        Assert.Equal(["heapdrift_captures_undelivered 1"], await agent.MetricAsync("heapdrift_captures_undelivered "));

        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(port);
        await Eventually.HoldsAsync(
            async () => (await agent.MetricAsync("heapdrift_captures_undelivered ")).Contains("heapdrift_captures_undelivered 0"), HeapDriftTool.Deadline, "nothing waits any more", agent.Process.Describe);

        ReceivedLog finding = Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
        Assert.Equal(finding.TraceId, Assert.Single(receiver.Spans, span => span.Name == "heapdrift.capture").TraceId);
        Assert.Equal(finding.TraceId, Assert.Single(receiver.Logs, log => log.EventName == StartedEvent).TraceId);
        Assert.Equal(["heapdrift_captures_undeliverable_total 0"], await agent.MetricAsync("heapdrift_captures_undeliverable_total "));
        await agent.Process.WaitForLineAsync(text => text.Contains("is delivered now", StringComparison.Ordinal), HeapDriftTool.Deadline);
        Assert.Single(agent.Process.StdoutLines, line => line.Contains("is not delivered yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ThatACaptureBeganIsHeardBeforeItEnds()
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Otlp(receiver), "--window", "5m");
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await agent.WatchesAsync(worker.Id);
        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;

        await Eventually.HoldsAsync(() => receiver.Logs.Any(log => log.EventName == StartedEvent), HeapDriftTool.Deadline, "the start arrives", agent.Process.Describe);

        ReceivedLog started = Assert.Single(receiver.Logs, log => log.EventName == StartedEvent);
        Assert.Equal(id, started.Attributes["heapdrift.capture.id"]);
        Assert.Equal("command", started.Attributes["heapdrift.capture.trigger"]);
        Assert.Equal((long)worker.Id, started.Resource["process.pid"]);
        Assert.DoesNotContain(receiver.Logs, log => log.EventName == CompletedEvent);
    }

    [Theory]
    [InlineData(SigKill)]
    [InlineData(SigTerm)]
    public async Task ACaptureThatAnAlertWasPromisedIsMadeByTheNextAgent(int signal)
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--leak", "20000");
        string id;
        await using (AgentProcess first = await AgentProcess.StartAsync(folder.Path, Otlp(receiver), "--window", "5m"))
        {
            await first.WatchesAsync(worker.Id);
            id = await AlertAsync(first, worker.Id);
            await Eventually.HoldsAsync(
                async () => (await first.GetAsync("/api/captures")).AsArray().Any(line => ((string?)line!["message"])!.StartsWith("baseline taken", StringComparison.Ordinal)),
                HeapDriftTool.Deadline,
                "the baseline is there",
                first.Process.Describe);
            first.Process.Signal(signal);
            await first.Process.WaitForExitAsync(HeapDriftTool.Deadline);
        }

        await using AgentProcess agent = await AgentProcess.StartAsync(folder.Path, Otlp(receiver), "--window", "2s");
        JsonNode line = await agent.EndedAsync(line => (string?)line["captureId"] == id);
        await Eventually.HoldsAsync(() => receiver.Logs.Any(log => log.EventName == FindingEvent), HeapDriftTool.Deadline, "the finding arrives", agent.Process.Describe);

        Assert.Equal("managed-leak", (string?)line["verdict"]);
        ReceivedLog finding = Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
        ReceivedSpan span = Assert.Single(receiver.Spans, span => span.Name == "heapdrift.capture" && (string?)span.Attributes["heapdrift.capture.outcome"] == "completed");
        Assert.Equal(finding.TraceId, span.TraceId);
        Assert.Equal("HeapDriftLeakSuspected", span.Attributes["heapdrift.alert.name"]);
        Assert.All(receiver.Logs.Where(log => log.EventName == StartedEvent), started => Assert.Equal(finding.TraceId, started.TraceId));
        Assert.Equal([id], folder.Captures.Select(Path.GetFileName));
        await worker.CollectAsync();
    }

    [Fact]
    public async Task AFullDiskCostsNoFinding()
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--leak", "20000");
        await using AgentProcess agent = await AgentProcess.StartWithMountsAsync(
            folder.Path, Otlp(receiver), $"mount -t tmpfs -o size=64k tmpfs {folder.Path} && {{ cat /dev/zero > {folder.Path}/full 2>/dev/null || true; }}", "--window", "2s");
        await agent.WatchesAsync(worker.Id);

        string id = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        JsonNode line = await agent.EndedAsync(line => (string?)line["captureId"] == id);
        await Eventually.HoldsAsync(() => receiver.Logs.Any(log => log.EventName == FindingEvent), HeapDriftTool.Deadline, "the finding arrives", agent.Process.Describe);

        Assert.Equal("managed-leak", (string?)line["verdict"]);
        Assert.Contains(agent.Process.StdoutLines, text => text.Contains("it is only sent by OTLP", StringComparison.Ordinal));
        Assert.DoesNotContain(receiver.Logs, log => log.Attributes.ContainsKey("heapdrift.capture.report"));
        Assert.False(agent.Process.HasExited);
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
        Dictionary<string, string?> settings = Otlp(receiver);
        settings["HeapDrift__Captures__MostReports"] = "1";
        await using AgentProcess agent = await AgentProcess.StartWithMountsAsync(
            folder.Path, settings, $"mount --bind {report} {report} && mount -o remount,ro,bind {report}", "--window", "1s");
        await agent.Process.WaitForLineAsync(text => text.Contains("stays marked as undelivered", StringComparison.Ordinal), HeapDriftTool.Deadline);
        string sent = Assert.Single(receiver.Logs, log => log.EventName == CompletedEvent).TraceId!;

        // The next report goes through the same loop, and with it the older one would.
        await agent.WatchesAsync(worker.Id);
        string next = (string)(await agent.RequestCaptureAsync(worker.Id))["captureId"]!;
        Assert.Equal("completed", (string?)(await agent.EndedAsync(line => (string?)line["captureId"] == next))["outcome"]);
        await agent.Process.WaitForLineAsync(text => text.Contains("cannot be deleted", StringComparison.Ordinal), HeapDriftTool.Deadline);
        await Eventually.HoldsAsync(
            () => receiver.Logs.Any(log => log.EventName == CompletedEvent && log.TraceId != sent), HeapDriftTool.Deadline, "the next report arrives", agent.Process.Describe);

        Assert.True(File.Exists(Path.Join(report, "undelivered.json")));
        Assert.Single(receiver.Logs, log => log.EventName == CompletedEvent && log.TraceId == sent);
        Assert.False(agent.Process.HasExited);
    }

    private static async Task<string> AlertAsync(AgentProcess agent, int pid)
    {
        string body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"version":"4","status":"firing","truncatedAlerts":0,"alerts":[{"status":"firing","labels":{"alertname":"HeapDriftLeakSuspected","process_pid":"{{pid}}"},
            "annotations":{},"startsAt":"2026-11-22T20:34:50.613Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"e35c8ecb1d6f{{pid:x}}"}]}
            """);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await agent.Client.PostAsync(new Uri("/api/alerts", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["alerts"]![0]!["captureId"]!;
    }

    private static Dictionary<string, string?> Otlp(OtlpReceiver receiver) => Otlp(receiver.HttpEndpoint);

    private static Dictionary<string, string?> Otlp(Uri endpoint) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint.ToString(),
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
