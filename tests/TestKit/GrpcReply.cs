using System.Buffers.Binary;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace HeapDrift.TestKit;

/// <summary>
/// One unary gRPC call over HTTP/2, framed by hand (PROTOCOL-HTTP2.md of grpc/grpc): a message is one byte that says whether it
/// is compressed, four bytes big-endian length, and the bytes; the status travels in the trailers.
/// </summary>
internal static class GrpcReply
{
    public const int Ok = 0;
    public const int InvalidArgument = 3;
    public const int Unimplemented = 12;

    private const int Internal = 13;
    private const int Unavailable = 14;
    private const int FrameHeader = 5;

    /// <summary>The message of the only frame in a request body, and whether it is still compressed.</summary>
    public static (byte[] Message, bool IsCompressed) Unframe(byte[] body)
    {
        if (body.Length < FrameHeader || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) != (uint)(body.Length - FrameHeader))
        {
            throw new InvalidDataException($"{body.Length} bytes are not exactly one gRPC message");
        }

        return (body[FrameHeader..], body[0] != 0);
    }

    /// <summary>
    /// The mapping of http-grpc-status-mapping.md of grpc/grpc, as far as a refusing back end needs it; 400 as the OTLP specification words bad data.
    /// </summary>
    public static int StatusFor(int httpStatus) => httpStatus switch
    {
        400 => InvalidArgument,
        429 or 502 or 503 or 504 => Unavailable,
        _ => Internal,
    };

    /// <param name="response">Of the call.</param>
    /// <param name="status">Of gRPC.</param>
    /// <param name="answer">The message; those of all three services are valid when empty. Sent with <see cref="Ok"/> only.</param>
    /// <param name="message">Why not, in words.</param>
    public static async Task WriteAsync(HttpResponse response, int status, byte[] answer, string message = "")
    {
        response.ContentType = "application/grpc";
        if (status == Ok)
        {
            var header = new byte[FrameHeader];
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), (uint)answer.Length);
            await response.Body.WriteAsync((byte[])[.. header, .. answer]);
        }

        response.AppendTrailer("grpc-status", status.ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0)
        {
            response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
        }
    }
}
