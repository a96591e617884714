using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Stands in the HTTP path of one exporter and remembers what went wrong. The OpenTelemetry SDK itself reports failed exports to nobody:
/// flushing says "done" when the queue is empty, whether or not anybody received it.
/// </summary>
internal sealed class DeliveryObserver : DelegatingHandler
{
    private const string GrpcInvalidArgument = "3";

    /// <summary>
    /// What the OTLP specification calls bad data. Wrong credentials and addresses are not among them: somebody will put them right.
    /// </summary>
    private static readonly HttpStatusCode[] FinalStatus = [HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnsupportedMediaType];

    /// <summary>The OTLP specification's bound for answers.</summary>
    private const int MostBytes = 4 << 20;

    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(10);

    private readonly ConcurrentQueue<DeliveryFailure> _failures = new();
    private int _deliveries;

    [SuppressMessage("Reliability", "CA2000", Justification = "The base class disposes its inner handler.")]
    public DeliveryObserver()
        : base(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
    }

    /// <summary>
    /// Why not everything arrived that was sent; null when it did. What may be taken later goes before what is refused for good: nothing is
    /// given up while anything may still arrive.
    /// </summary>
    public DeliveryFailure? Failure => _failures.OrderBy(failure => failure.IsFinal).FirstOrDefault();

    /// <summary>Requests that the receiver accepted.</summary>
    public int Deliveries => Volatile.Read(ref _deliveries);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage response = base.Send(request, cancellationToken);
            Judge(request, response, Replay(response, cancellationToken));
            return response;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            Remember(request, failure);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);

            // A gRPC call tells its status behind the body.
            await response.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
            Judge(request, response, await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return response;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            Remember(request, failure);
            throw;
        }
    }

    /// <summary>The body, which whoever comes next reads once more.</summary>
    private static byte[] Replay(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using Stream stream = response.Content.ReadAsStream(cancellationToken);
        using var body = new MemoryStream();
        var part = new byte[4096];
        for (int read; body.Length < MostBytes && (read = stream.Read(part)) > 0;)
        {
            body.Write(part.AsSpan(0, read));
        }

        response.Content = new ByteArrayContent(body.ToArray());
        return body.ToArray();
    }

    private void Judge(HttpRequestMessage request, HttpResponseMessage response, byte[] body)
    {
        string? grpcStatus = Header(response.TrailingHeaders, "grpc-status") ?? Header(response.Headers, "grpc-status");
        if (!response.IsSuccessStatusCode)
        {
            string answer = string.Create(CultureInfo.InvariantCulture, $"{request.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase}");
            _failures.Enqueue(new(answer, KindOf(Array.IndexOf(FinalStatus, response.StatusCode) >= 0)) { RetryAfter = RestOf(response) });
        }
        else if (grpcStatus is not (null or "0"))
        {
            string message = Header(response.TrailingHeaders, "grpc-message") ?? Header(response.Headers, "grpc-message") ?? "no message";
            _failures.Enqueue(new($"{request.RequestUri} answered with gRPC status {grpcStatus} ({message})", KindOf(grpcStatus == GrpcInvalidArgument)));
        }
        else if (PartialSuccess.TryReadRejection(body, isGrpc: grpcStatus is not null) is { } rejection)
        {
            _failures.Enqueue(new($"{request.RequestUri} answered that {rejection}", DeliveryFailureKind.Refused));
        }
        else
        {
            Interlocked.Increment(ref _deliveries);
        }
    }

    /// <summary>In seconds or as a date (RFC 9110, 10.2.3), bounded: a mistake there must not cost a day's findings.</summary>
    private static TimeSpan? RestOf(HttpResponseMessage response)
    {
        TimeSpan? rest = response.Headers.RetryAfter is not { } after ? null
            : after.Delta ?? (after.Date - response.Headers.Date);
        return rest is not { } wanted || wanted <= TimeSpan.Zero ? null
            : wanted < LongestRest ? wanted
            : LongestRest;
    }

    private void Remember(HttpRequestMessage request, Exception failure) => _failures.Enqueue(new(
        failure is OperationCanceledException ? $"{request.RequestUri} did not answer in time" : $"{request.RequestUri} cannot be reached: {failure.GetBaseException().Message.TrimEnd('.')}",
        failure is OperationCanceledException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
            ? DeliveryFailureKind.Unreachable
            : DeliveryFailureKind.NotTaken));

    private static DeliveryFailureKind KindOf(bool isRefusal) => isRefusal ? DeliveryFailureKind.Refused : DeliveryFailureKind.NotTaken;

    private static string? Header(System.Net.Http.Headers.HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;
}
