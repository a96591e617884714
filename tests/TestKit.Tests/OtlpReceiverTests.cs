using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace HeapDrift.TestKit.Tests;

/// <summary>The receiver against the real exporter of OpenTelemetry .NET, in both protocols.</summary>
public sealed partial class OtlpReceiverTests : IAsyncLifetime
{
    private static readonly string[] Path = ["Shop.Cart", "Shop.Line[]"];

    private OtlpReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await OtlpReceiver.StartAsync();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc, OtlpExportCompression.None)]
    [InlineData(OtlpExportProtocol.Grpc, OtlpExportCompression.GZip)]
    [InlineData(OtlpExportProtocol.HttpProtobuf, OtlpExportCompression.None)]
    [InlineData(OtlpExportProtocol.HttpProtobuf, OtlpExportCompression.GZip)]
    public void SpansArriveAsTheExporterSendsThem(OtlpExportProtocol protocol, OtlpExportCompression compression)
    {
        using var source = new ActivitySource($"Tests.{Guid.NewGuid():N}");
        SendParentAndChild(source, Options(protocol, compression, "v1/traces"));

        Assert.Equal(string.Empty, string.Concat(_receiver.Rejections));
        Assert.Equal(1, _receiver.RequestCount(OtlpSignal.Traces));
        Assert.Equal(2, _receiver.Spans.Count);
        var parent = Assert.Single(_receiver.Spans, span => span.Name == "parent");
        var child = Assert.Single(_receiver.Spans, span => span.Name == "child");

        Assert.Equal((32, 16), (parent.TraceId.Length, parent.SpanId.Length));
        Assert.Null(parent.ParentSpanId);
        Assert.Equal((parent.TraceId, parent.SpanId), (child.TraceId, child.ParentSpanId));
        Assert.Equal(("SPAN_KIND_INTERNAL", "SPAN_KIND_CLIENT"), (parent.Kind, child.Kind));
        Assert.Equal(("STATUS_CODE_ERROR", "it broke"), (parent.StatusCode, parent.StatusMessage));
        Assert.Equal("STATUS_CODE_UNSET", child.StatusCode);
        Assert.Equal(source.Name, parent.ScopeName);
        Assert.Equal("shop", parent.Resource["service.name"]);
        Assert.InRange(child.End, child.Start, parent.End);

        Assert.Equal(42L, parent.Attributes["count"]);
        Assert.Equal(0.5, parent.Attributes["share"]);
        Assert.Equal(true, parent.Attributes["complete"]);
        Assert.Equal(Path, Assert.IsType<object?[]>(parent.Attributes["path"]));
        var nested = Assert.IsType<Dictionary<string, object?>>(parent.Attributes["nested"]);
        Assert.Equal("value", nested["key"]);

        var happened = Assert.Single(parent.Events);
        Assert.Equal("heapdrift.finding", happened.Name);
        Assert.Equal(1L, happened.Attributes["rank"]);
        Assert.InRange(happened.Time, parent.Start, parent.End);
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public void LogsArriveWithEventNameAndTrace(OtlpExportProtocol protocol)
    {
        using var activity = new Activity("capture");
        activity.SetIdFormat(ActivityIdFormat.W3C).Start();
        SendFinding(Options(protocol, OtlpExportCompression.None, "v1/logs"));

        Assert.Equal(string.Empty, string.Concat(_receiver.Rejections));
        var log = Assert.Single(_receiver.Logs);
        Assert.Equal("heapdrift.finding", log.EventName);
        Assert.Equal((activity.TraceId.ToHexString(), activity.SpanId.ToHexString()), (log.TraceId, log.SpanId));
        Assert.Equal("Shop.Cart grew by 41 through Shop.Cart, Shop.Line[]", log.Body);
        Assert.Equal((13, "Warning"), (log.SeverityNumber, log.SeverityText));
        Assert.Equal("Shop.Cart", log.Attributes["type"]);
        Assert.Equal(41L, log.Attributes["bytes"]);
        Assert.Equal(Path, Assert.IsType<object?[]>(log.Attributes["path"]));
        Assert.Equal("Tests.Findings", log.ScopeName);
        Assert.Equal("shop", log.Resource["service.name"]);
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public void RefusedRequestsAreCountedAndLeaveNothing(OtlpExportProtocol protocol)
    {
        _receiver.FailWith(503);
        using var source = new ActivitySource($"Tests.{Guid.NewGuid():N}");
        SendParentAndChild(source, Options(protocol, OtlpExportCompression.None, "v1/traces"));

        Assert.Equal(1, _receiver.RequestCount(OtlpSignal.Traces));
        Assert.Equal(0, _receiver.RequestCount(OtlpSignal.Logs));
        Assert.Empty(_receiver.Spans);

        _receiver.FailWith(null);
        SendParentAndChild(source, Options(protocol, OtlpExportCompression.None, "v1/traces"));
        Assert.Equal(2, _receiver.RequestCount(OtlpSignal.Traces));
        Assert.Equal(2, _receiver.Spans.Count);
    }

    [Fact]
    public async Task RefusalAndMalformedBodiesAreAnsweredWithTheirStatus()
    {
        using var client = new HttpClient { BaseAddress = _receiver.HttpEndpoint };
        Assert.Equal(HttpStatusCode.OK, await PostAsync(client, "v1/metrics", []));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, "v1/traces", [0xff]));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(client, "v1/profiles", []));
        _receiver.FailWith(503);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(client, "v1/logs", []));

        // Two rejections: the refusal that the test asked for is none.
        Assert.Equal(2, _receiver.Rejections.Count);
        Assert.Equal(1, _receiver.RequestCount(OtlpSignal.Metrics));
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/x-protobuf");
        using var response = await client.PostAsync(
            new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private Action<OtlpExporterOptions> Options(OtlpExportProtocol protocol, OtlpExportCompression compression, string path) =>
        options =>
        {
            options.Protocol = protocol;
            options.Compression = compression;
            options.Endpoint = protocol == OtlpExportProtocol.Grpc ? _receiver.GrpcEndpoint : new Uri(_receiver.HttpEndpoint, path);
        };

    private static void SendParentAndChild(ActivitySource source, Action<OtlpExporterOptions> options)
    {
        using var provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(source.Name)
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("shop"))
            .AddOtlpExporter(options)
            .Build();
        using (var parent = source.StartActivity("parent")!)
        {
            parent.SetTag("count", 42).SetTag("share", 0.5).SetTag("complete", true).SetTag("path", Path);
            parent.SetTag("nested", new Dictionary<string, object?> { ["key"] = "value" });
            parent.AddEvent(new ActivityEvent("heapdrift.finding", tags: new ActivityTagsCollection { ["rank"] = 1 }));
            parent.SetStatus(ActivityStatusCode.Error, "it broke");
            source.StartActivity("child", ActivityKind.Client)!.Dispose();
        }

        provider.ForceFlush();
    }

    private static void SendFinding(Action<OtlpExporterOptions> options)
    {
        // Disposing the factory exports what is queued.
        using var factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(telemetry =>
        {
            telemetry.IncludeFormattedMessage = true;
            telemetry.SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("shop"));
            telemetry.AddOtlpExporter(options);
        }));
        Finding(factory.CreateLogger("Tests.Findings"), "Shop.Cart", 41, Path);
    }

    [LoggerMessage(1, LogLevel.Warning, "{type} grew by {bytes} through {path}", EventName = "heapdrift.finding")]
    private static partial void Finding(ILogger logger, string type, long bytes, string[] path);
}
