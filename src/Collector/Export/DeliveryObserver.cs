using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Stands in the exporter's HTTP path and remembers what went wrong. The OpenTelemetry SDK itself reports failed exports to nobody:
/// flushing says "done" when the queue is empty, whether or not anybody received it.
/// </summary>
internal sealed class DeliveryObserver : DelegatingHandler
{
    private readonly ConcurrentQueue<string> _failures = new();
    private int _deliveries;

    [SuppressMessage("Reliability", "CA2000", Justification = "The base class disposes its inner handler.")]
    public DeliveryObserver()
        : base(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
    }

    /// <summary>The first failure since the last question, in words; null when everything arrived that was sent.</summary>
    public string? TakeFailure()
    {
        bool failed = _failures.TryDequeue(out string? failure);
        _failures.Clear();
        return failed ? failure : null;
    }

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
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
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
            _failures.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{request.RequestUri} answered {(int)response.StatusCode} {response.ReasonPhrase}"));
        }
        else if (grpcStatus is not (null or "0"))
        {
            string message = Header(response.TrailingHeaders, "grpc-message") ?? Header(response.Headers, "grpc-message") ?? "no message";
            _failures.Enqueue($"{request.RequestUri} answered with gRPC status {grpcStatus} ({message})");
        }
        else
        {
            Interlocked.Increment(ref _deliveries);
        }
    }

    private void Remember(HttpRequestMessage request, Exception failure) => _failures.Enqueue(failure is OperationCanceledException
        ? $"{request.RequestUri} did not answer in time"
        : $"{request.RequestUri} cannot be reached: {failure.Message}");

    private static string? Header(System.Net.Http.Headers.HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;
}
