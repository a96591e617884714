using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HeapDrift.TestKit;

/// <summary>
/// An OTLP back end in the test's own process: HTTP/protobuf on one free loopback port, gRPC on another. Spans and logs are
/// decoded with the official messages, metrics by their field numbers. A body that does not decode is refused and told in
/// <see cref="Rejections"/>. Thread-safe.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    // What the OTLP specification recommends a server to accept.
    private const long LargestRequest = 64L << 20;

    private readonly Lock _gate = new();
    private readonly List<ReceivedSpan> _spans = [];
    private readonly List<ReceivedLog> _logs = [];
    private readonly List<ReceivedMetric> _metrics = [];
    private readonly List<string> _rejections = [];
    private readonly Dictionary<OtlpSignal, int> _requests = [];
    private readonly Dictionary<OtlpSignal, IReadOnlyDictionary<string, string>> _headers = [];
    private readonly WebApplication _server;
    private Func<OtlpSignal, byte[], int?> _failure = Accept;

    private OtlpReceiver(Action<KestrelServerOptions> listen)
    {
        // The empty builder reads no settings: an ASPNETCORE_URLS of the machine must not move the receiver.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = LargestRequest;
            listen(options);
        });
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>The base address; an exporter that is configured in code needs the path ("v1/traces", "v1/logs") behind it.</summary>
    public Uri HttpEndpoint { get; private set; } = null!;

    public Uri GrpcEndpoint { get; private set; } = null!;

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => Snapshot(_spans);

    /// <summary>All log records so far.</summary>
    public IReadOnlyList<ReceivedLog> Logs => Snapshot(_logs);

    /// <summary>All metrics so far, those of the last export last.</summary>
    public IReadOnlyList<ReceivedMetric> Metrics => Snapshot(_metrics);

    /// <summary>Why requests were refused, other than by <see cref="FailWith"/>: malformed bodies, unknown paths.</summary>
    public IReadOnlyList<string> Rejections => Snapshot(_rejections);

    /// <param name="httpPort">Where senders look for it already; 0 takes a free one.</param>
    public static async Task<OtlpReceiver> StartAsync(int httpPort = 0)
    {
        ListenOptions? http = null;
        ListenOptions? grpc = null;
        var receiver = new OtlpReceiver(options =>
        {
            options.Listen(IPAddress.Loopback, httpPort, listen => (http = listen).Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, listen => (grpc = listen).Protocols = HttpProtocols.Http2);
        });
        await receiver._server.StartAsync();
        receiver.HttpEndpoint = new Uri($"http://{http!.IPEndPoint}");
        receiver.GrpcEndpoint = new Uri($"http://{grpc!.IPEndPoint}");
        return receiver;
    }

    /// <summary>Requests so far for a signal, the refused ones included.</summary>
    public int RequestCount(OtlpSignal signal)
    {
        lock (_gate)
        {
            return _requests.GetValueOrDefault(signal);
        }
    }

    /// <summary>The headers of the last request for a signal, their names in lower case.</summary>
    public IReadOnlyDictionary<string, string> HeadersOf(OtlpSignal signal)
    {
        lock (_gate)
        {
            return _headers[signal];
        }
    }

    /// <summary>From now on refuses every request with this HTTP status (gRPC: what it maps to); null accepts again.</summary>
    public void FailWith(int? httpStatus) => FailWhere((_, _) => httpStatus);

    /// <summary>As <see cref="FailWith"/>, for each request by its signal and its body as it came.</summary>
    public void FailWhere(Func<OtlpSignal, byte[], int?> statusOf)
    {
        lock (_gate)
        {
            _failure = statusOf;
        }
    }

    /// <summary>From now on tells senders whom it refuses by HTTP how long to stay away; null tells nothing.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>From now on answers that this many of every request's records were rejected, with a status of success; 0 takes all of them.</summary>
    public int PartlyRejected { get; set; }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private byte[] Answer() => PartlyRejected == 0 ? [] : OfficialOtlpMessages.PartialSuccess(PartlyRejected, "rejected on request of the test");

    private static int? Accept(OtlpSignal signal, byte[] body) => null;

    private async Task AnswerAsync(HttpContext context)
    {
        var isGrpc = OtlpRequest.IsGrpc(context.Request);
        var (httpStatus, grpcStatus, reason) = await AcceptAsync(context.Request);
        if (isGrpc)
        {
            await GrpcReply.WriteAsync(context.Response, grpcStatus, Answer(), reason);
            return;
        }

        context.Response.StatusCode = httpStatus;
        context.Response.ContentType = "application/x-protobuf";
        if (httpStatus == StatusCodes.Status200OK)
        {
            await context.Response.Body.WriteAsync(Answer());
        }
        else if (RetryAfter is { } rest)
        {
            context.Response.Headers.RetryAfter = ((int)rest.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
    }

    private async Task<(int HttpStatus, int GrpcStatus, string Reason)> AcceptAsync(HttpRequest request)
    {
        // Read first, also what is refused: a connection closed in the middle of a body is another failure than the one asked for.
        var body = await OtlpRequest.ReadToEndAsync(request.Body);
        if (OtlpRequest.SignalOf(request.Path) is not { } signal)
        {
            return (Reject($"no such path: {request.Path}", StatusCodes.Status404NotFound), GrpcReply.Unimplemented, "no such path");
        }

        lock (_gate)
        {
            _requests[signal] = _requests.GetValueOrDefault(signal) + 1;
            _headers[signal] = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
            if (_failure(signal, body) is { } failure)
            {
                return (failure, GrpcReply.StatusFor(failure), "refused on request of the test");
            }
        }

        try
        {
            Record(signal, await OtlpRequest.MessageAsync(request, body));
            return (StatusCodes.Status200OK, GrpcReply.Ok, string.Empty);
        }
        catch (NotSupportedException unsupported)
        {
            return (Reject(unsupported.Message, StatusCodes.Status415UnsupportedMediaType), GrpcReply.Unimplemented, unsupported.Message);
        }
#pragma warning disable CA1031 // Whatever does not decode, and a mistake in the decoder itself, is told to the test.
        catch (Exception malformed)
#pragma warning restore CA1031
        {
            return (Reject(malformed.ToString(), StatusCodes.Status400BadRequest), GrpcReply.InvalidArgument, malformed.Message);
        }
    }

    private void Record(OtlpSignal signal, byte[] message)
    {
        // Decoded outside the lock and whole: a malformed request leaves nothing behind.
        IReadOnlyList<ReceivedSpan> spans = signal == OtlpSignal.Traces ? OtlpDecoder.Spans(message) : [];
        IReadOnlyList<ReceivedLog> logs = signal == OtlpSignal.Logs ? OtlpDecoder.Logs(message) : [];
        IReadOnlyList<ReceivedMetric> metrics = signal == OtlpSignal.Metrics ? MetricDecoder.Metrics(message) : [];
        lock (_gate)
        {
            _metrics.AddRange(metrics);
            _spans.AddRange(spans);
            _logs.AddRange(logs);
        }
    }

    private int Reject(string reason, int status)
    {
        lock (_gate)
        {
            _rejections.Add(reason);
        }

        return status;
    }

    private IReadOnlyList<T> Snapshot<T>(List<T> items)
    {
        lock (_gate)
        {
            return [.. items];
        }
    }
}
