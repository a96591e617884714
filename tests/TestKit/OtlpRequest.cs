using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace HeapDrift.TestKit;

/// <summary>What an export request is about, and its protobuf bytes out of whatever wraps them.</summary>
internal static class OtlpRequest
{
    public static bool IsGrpc(HttpRequest request) => HasContentType(request, "application/grpc");

    public static OtlpSignal? SignalOf(PathString path) => path.Value switch
    {
        "/v1/traces" or "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => OtlpSignal.Traces,
        "/v1/logs" or "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => OtlpSignal.Logs,
        "/v1/metrics" or "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => OtlpSignal.Metrics,
        _ => null,
    };

    public static Task<byte[]> MessageAsync(HttpRequest request, byte[] body)
    {
        if (IsGrpc(request))
        {
            var (message, isCompressed) = GrpcReply.Unframe(body);
            return isCompressed ? DecodeAsync(request.Headers["grpc-encoding"].ToString(), message) : Task.FromResult(message);
        }

        return HasContentType(request, "application/x-protobuf")
            ? DecodeAsync(request.Headers.ContentEncoding.ToString(), body)
            : throw new NotSupportedException($"content type {request.ContentType}");
    }

    public static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static bool HasContentType(HttpRequest request, string type) =>
        request.ContentType?.StartsWith(type, StringComparison.Ordinal) == true;

    private static async Task<byte[]> DecodeAsync(string encoding, byte[] bytes)
    {
        switch (encoding)
        {
            case "" or "identity":
                return bytes;
            case "gzip":
                await using (var plain = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress))
                {
                    return await ReadToEndAsync(plain);
                }

            default:
                throw new NotSupportedException($"encoding {encoding}");
        }
    }
}
