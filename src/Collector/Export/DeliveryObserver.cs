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
            Judge(request, response);
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
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            Judge(request, response);
            return response;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            Remember(request, failure);
            throw;
        }
    }

    private void Judge(HttpRequestMessage request, HttpResponseMessage response)
    {
        string? grpcStatus = Header(response.TrailingHeaders, "grpc-status") ?? Header(response.Headers, "grpc-status");
        if (!response.IsSuccessStatusCode)
        {
            string answer = string.Create(CultureInfo.InvariantCulture, $"{request.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase}");
            _failures.Enqueue(new(answer, KindOf(Array.IndexOf(FinalStatus, response.StatusCode) >= 0)));
        }
        else if (grpcStatus is not (null or "0"))
        {
            string message = Header(response.TrailingHeaders, "grpc-message") ?? Header(response.Headers, "grpc-message") ?? "no message";
            _failures.Enqueue(new($"{request.RequestUri} answered with gRPC status {grpcStatus} ({message})", KindOf(grpcStatus == GrpcInvalidArgument)));
        }
        else
        {
            Interlocked.Increment(ref _deliveries);
        }
    }

    private void Remember(HttpRequestMessage request, Exception failure) => _failures.Enqueue(new(
        failure is OperationCanceledException ? $"{request.RequestUri} did not answer in time" : $"{request.RequestUri} cannot be reached: {failure.Message}",
        failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
            ? DeliveryFailureKind.Unreachable
            : DeliveryFailureKind.NotTaken));

    private static DeliveryFailureKind KindOf(bool isRefusal) => isRefusal ? DeliveryFailureKind.Refused : DeliveryFailureKind.NotTaken;

    private static string? Header(System.Net.Http.Headers.HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;
}
