using System.Diagnostics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.TestKit;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace HeapDrift.Instrumentation.Tests.Telemetry;

/// <summary>What the real exporter makes of our events, with the settings that a service has by default.</summary>
public sealed class OnTheWireTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EventsArriveWithTheirSentenceAndAllAttributes(bool includeFormattedMessage)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var source = new ActivitySource($"Tests.{Guid.NewGuid():N}");

        Send(receiver, source, includeFormattedMessage);

        Assert.Empty(receiver.Rejections);
        ReceivedLog log = Assert.Single(receiver.Logs, each => each.EventName == "heapdrift.finding");
        Assert.Equal("finding 1 in a sentence", log.Body);
        Assert.Equal((13, TelemetryNames.Source), (log.SeverityNumber, log.ScopeName));

        ReceivedSpan capture = Assert.Single(receiver.Spans, each => each.Name == "heapdrift.capture");
        Assert.All(receiver.Logs, each => Assert.Equal((capture.TraceId, capture.SpanId), (each.TraceId, each.SpanId)));
        ReceivedSpanEvent spanEvent = Assert.Single(capture.Events, each => each.Name == "heapdrift.finding");
        Assert.Equal(14, log.Attributes.Count);
        Assert.Equivalent(spanEvent.Attributes, log.Attributes, strict: true);
        Assert.Equal(
            ["static Shop.Cart.Orders", "List<Shop.Order>", "Shop.Order"],
            Assert.IsType<object?[]>(log.Attributes["heapdrift.finding.path"]));
    }

    private static void Send(OtlpReceiver receiver, ActivitySource source, bool includeFormattedMessage)
    {
        using TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .AddSource(source.Name)
            .AddOtlpExporter(options => Configure(options, "v1/traces"))
            .Build();
        using ILoggerFactory logs = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = includeFormattedMessage;
            options.AddOtlpExporter(exporter => Configure(exporter, "v1/logs"));
        }));

        var telemetry = new CaptureTelemetry(logs.CreateLogger(TelemetryNames.Source), source);
        using CaptureSpan span = telemetry.Begin(Evidence.Alert, Evidence.Worker, Evidence.Start);
        span.Complete(Evidence.Report(Evidence.Findings(1)), reportPath: null);

        void Configure(OtlpExporterOptions options, string path)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri(receiver.HttpEndpoint, path);
        }
    }
}
