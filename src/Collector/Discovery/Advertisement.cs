using System.Buffers.Binary;

namespace HeapDrift.Collector.Discovery;

/// <summary>
/// What a runtime says first on a connection that it opened itself, and the one command that it may be waiting for (dotnet/diagnostics,
/// documentation/design-docs/ipc-protocol.md, "Advertise Protocol" and "ResumeRuntime").
/// </summary>
/// <param name="Cookie">Of this run of the runtime.</param>
/// <param name="ProcessId">As the runtime sees itself.</param>
internal readonly record struct Advertisement(Guid Cookie, long ProcessId)
{
    /// <summary>Magic 8, cookie 16, pid 8, reserved 2.</summary>
    public const int Bytes = 34;

    private const int CookieOffset = 8;
    private const int CookieBytes = 16;
    private const int PidOffset = CookieOffset + CookieBytes;

    /// <summary>Magic 14, size 2, command set 1 (process), command 1 (resume), reserved 2. A runtime that does not wait ignores it.</summary>
    public static ReadOnlyMemory<byte> Resume { get; } = "DOTNET_IPC_V1\0\u0014\0\u0004\u0001\0\0"u8.ToArray();

    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static Advertisement Parse(ReadOnlySpan<byte> message) => message.Length == Bytes && message.StartsWith("ADVR_V1\0"u8)
        ? new(new Guid(message.Slice(CookieOffset, CookieBytes)), BinaryPrimitives.ReadInt64LittleEndian(message[PidOffset..]))
        : throw new InvalidDataException("expected the 34 bytes with which a .NET runtime advertises itself");
}
