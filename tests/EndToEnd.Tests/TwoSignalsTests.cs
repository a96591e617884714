using System.Text.Json.Nodes;
using HeapDrift.Profiling.Reports;
using HeapDrift.TestKit;
using NJsonSchema;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>The main job: two kill -USR2 to a real service give a ranked diff, on disk and at an OTLP receiver.</summary>
public sealed class TwoSignalsTests
{
    private const int SigUsr2 = 12;

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task TheLeakIsNamedOnDiskAndInTheServicesOwnTelemetry(string protocol)
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using Shop shop = await (await Shop.StartAsync(folder.Path, Otlp(receiver, protocol))).ArmedAsync();
        await shop.SwitchOnAsync("session-cache");
        await CaptureAsync(shop, orders: 800);

        // On disk.
        string capture = await Eventually.ValueAsync(() => folder.Captures.SingleOrDefault(), HeapDriftTool.Deadline, "the report is on disk", shop.Process.Describe);
        string json = await File.ReadAllTextAsync(Path.Join(capture, "report.json"), TestContext.Current.CancellationToken);
        JsonSchema schema = await JsonSchema.FromJsonAsync(ReportSchema.Read(), TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(json));
        JsonNode report = JsonNode.Parse(json)!;
        JsonNode first = report["findings"]!.AsArray()[0]!;
        Assert.Equal("Shop.Session", (string?)first["type"]);
        Assert.Equal("static Shop.Cache.Sessions", (string?)first["holder"]);
        Assert.Equal("signal", (string?)report["trigger"]!["kind"]);
        Assert.Equal("shop-under-test", (string?)report["worker"]!["serviceName"]);
        Assert.Contains("held by  static Shop.Cache.Sessions", await File.ReadAllTextAsync(Path.Join(capture, "report.txt"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // At the receiver.
        ReceivedSpan span = await Eventually.ValueAsync(
            () => receiver.Spans.SingleOrDefault(span => span.Name == "heapdrift.capture"), HeapDriftTool.Deadline, "the capture's span arrives", shop.Process.Describe);
        ReceivedLog finding = await Eventually.ValueAsync(
            () => receiver.Logs.FirstOrDefault(log => log.EventName == "heapdrift.finding"), HeapDriftTool.Deadline, "the finding arrives as a log record", shop.Process.Describe);
        ReceivedLog completed = await Eventually.ValueAsync(
            () => receiver.Logs.SingleOrDefault(log => log.EventName == "heapdrift.capture.completed"), HeapDriftTool.Deadline, "the completion arrives", shop.Process.Describe);
        ReceivedLog started = receiver.Logs.Single(log => log.EventName == "heapdrift.capture.started");

        Assert.Empty(receiver.Rejections);
        Assert.All([started, finding, completed], log => Assert.Equal(span.TraceId, log.TraceId));
        Assert.Equal("Shop.Session", finding.Attributes["heapdrift.finding.type"]);
        Assert.Equal("static Shop.Cache.Sessions", finding.Attributes["heapdrift.finding.holder"]);
        Assert.Equal("heapdrift.finding", finding.Attributes["event.name"]);
        Assert.StartsWith("Session grew by ", finding.Body, StringComparison.Ordinal);
        Assert.Equal((string?)first["fingerprint"], finding.Attributes["heapdrift.finding.fingerprint"]);
        Assert.Equal("managed-leak", span.Attributes["heapdrift.capture.verdict"]);
        Assert.Null(span.ParentSpanId);
        Assert.Equal(2, span.Events.Count(happened => happened.Name == "heapdrift.snapshot"));
        Assert.Equal("Shop.Session", span.Events.First(happened => happened.Name == "heapdrift.finding").Attributes["heapdrift.finding.type"]);
        Assert.All(["shop-under-test"], name => Assert.Equal(name, span.Resource["service.name"]));
        Assert.Equal("shop-under-test", finding.Resource["service.name"]);
        await Eventually.HoldsAsync(
            () => new[] { "baseline", "window", "final", "diff" }.All(phase => receiver.Spans.Any(child => child.Name == phase && child.ParentSpanId == span.SpanId && child.TraceId == span.TraceId)),
            HeapDriftTool.Deadline,
            "every phase is a child of the capture's span");
    }

    [Fact]
    public async Task AHealthyServiceUnderLoadHasNoFinding()
    {
        using var folder = new TemporaryFolder();
        await using Shop shop = await (await Shop.StartAsync(folder.Path)).ArmedAsync();
        await CaptureAsync(shop, orders: 1_000);

        string capture = await Eventually.ValueAsync(() => folder.Captures.SingleOrDefault(), HeapDriftTool.Deadline, "the report is on disk", shop.Process.Describe);
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Join(capture, "report.json"), TestContext.Current.CancellationToken))!;
        Assert.Empty(report["findings"]!.AsArray());
        Assert.Equal("no-growth", (string?)report["verdict"]);
    }

    [Theory]
    [InlineData("event-handlers", "Shop.PriceWatch", "static Shop.PriceFeed.PriceChanged")]
    [InlineData("timers", "Shop.PaymentReminder", "static System.Threading.TimerQueue.")]
    [InlineData("cancellation", "Shop.Shipment", "")]
    [InlineData("captive-scope", "Shop.CustomerContext", "")]
    [InlineData("query-cache", "Shop.Recommendations", "static Shop.RecommendationCache.ByQuery")]
    public async Task LeaksOfOtherKindsAreNamedToo(string kind, string type, string holder)
    {
        using var folder = new TemporaryFolder();
        await using Shop shop = await (await Shop.StartAsync(folder.Path)).ArmedAsync();
        await shop.SwitchOnAsync(kind);
        await CaptureAsync(shop, orders: 1_000);

        string capture = await Eventually.ValueAsync(() => folder.Captures.SingleOrDefault(), HeapDriftTool.Deadline, "the report is on disk", shop.Process.Describe);
        string report = await File.ReadAllTextAsync(Path.Join(capture, "report.json"), TestContext.Current.CancellationToken);
        JsonArray findings = JsonNode.Parse(report)!["findings"]!.AsArray();
        Assert.True(findings.Count > 0, report);
        JsonNode first = findings[0]!;
        Assert.Equal(type, (string?)first["type"]);
        Assert.StartsWith(holder, (string?)first["holder"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceStartedWithTheSignalIgnoredIsArmedAfterStartUp()
    {
        using var folder = new TemporaryFolder();
        await using var process = ChildProcess.Start(new ChildProcessStart(
            "sh", "-c", $"trap '' USR2; exec {Shop.Executable} --urls http://127.0.0.1:0"));
        await process.WaitForLineAsync(line => line.Contains("SIGUSR2 is armed", StringComparison.Ordinal), HeapDriftTool.Deadline);

        Assert.True(Shop.IsArmed(process.Id));
        process.Signal(SigUsr2);
        await process.WaitForLineAsync(line => line.Contains("SIGUSR2 ", StringComparison.Ordinal) && !line.Contains("armed", StringComparison.Ordinal), HeapDriftTool.Deadline);
        Assert.False(process.HasExited);
    }

    [Fact]
    public async Task AThousandSignalsInASecondAreOneCapture()
    {
        using var folder = new TemporaryFolder();
        await using Shop shop = await (await Shop.StartAsync(folder.Path)).ArmedAsync();
        for (int signal = 0; signal < 1_000; signal++)
        {
            shop.Process.Signal(SigUsr2);
            if (signal % 100 == 0)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        await shop.WaitForLineAsync("Baseline taken");
        await shop.WaitForLineAsync("Coalesced ");
        shop.Process.Signal(SigUsr2);
        await Eventually.HoldsAsync(() => folder.Captures.Count == 1, HeapDriftTool.Deadline, "one capture is reported", shop.Process.Describe);
        await shop.OrderAsync(10);

        Assert.Single(shop.Process.StdoutLines, line => line.Contains("taking the baseline", StringComparison.Ordinal));
        Assert.Single(folder.Captures);
    }

    [Fact]
    public async Task AUserWithoutOpenTelemetryStillGetsTheFindingByOtlpFromTheHelper()
    {
        // The tool alone, as for a worker that carries nothing: the worker's environment names its service.
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10), "--leak", "20000")
        {
            Environment = new Dictionary<string, string?> { ["OTEL_SERVICE_NAME"] = "plain", ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=plain-1,deployment.environment.name=test" },
        });

        ProcessResult result = await HeapDriftTool.RunAsync(
            Otlp(receiver, "grpc"), "capture", "--pid", $"{worker.Id}", "--window", "2s", "--output", folder.Path);

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("OTLP", result.Stderr, StringComparison.Ordinal);
        ReceivedSpan span = receiver.Spans.Single(seen => seen.Name == "heapdrift.capture");
        ReceivedLog finding = receiver.Logs.First(log => log.EventName == "heapdrift.finding");
        Assert.Equal(span.TraceId, finding.TraceId);
        Assert.Equal("Targets.LeakedThing", finding.Attributes["heapdrift.finding.type"]);
        Assert.Equal(("plain", "plain-1", "test"), (span.Resource["service.name"], span.Resource["service.instance.id"], span.Resource["deployment.environment.name"]));
        Assert.Equal("plain", finding.Resource["service.name"]);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task AReceiverThatRefusesIsNamed(string protocol)
    {
        using var folder = new TemporaryFolder();
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        await using PlainWorker worker = await PlainWorker.StartAsync(10);

        ProcessResult result = await HeapDriftTool.RunAsync(
            Otlp(receiver, protocol), "capture", "--pid", $"{worker.Id}", "--window", "0s", "--output", folder.Path);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("OTLP: not delivered", result.Stderr, StringComparison.Ordinal);
        Assert.Single(folder.Captures);
    }

    private static async Task CaptureAsync(Shop shop, int orders)
    {
        await shop.OrderAsync(500);
        shop.Process.Signal(SigUsr2);
        await shop.WaitForLineAsync("Baseline taken");
        await shop.OrderAsync(orders);
        shop.Process.Signal(SigUsr2);
    }

    private static Dictionary<string, string?> Otlp(OtlpReceiver receiver, string protocol) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = (protocol == "grpc" ? receiver.GrpcEndpoint : receiver.HttpEndpoint).ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
        ["OTEL_SERVICE_NAME"] = "shop-under-test",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "500",
    };
}
