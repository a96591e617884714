using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HeapDrift.Collector.Discovery;

/// <summary>
/// A <c>service.instance.id</c> for a worker that does not name its own: a version 5 UUID (RFC 9562) in the namespace that the semantic
/// conventions reserve for it, from what names a process for good on one host. Equal for every capture of the same process.
/// </summary>
internal static class WorkerInstanceId
{
    private static readonly Guid ServiceNamespace = new("4d63009a-8d0f-11ee-aad7-4c796ed8e320");

    /// <summary>For a worker without an id of its own.</summary>
    public static string Of(int pid, long startTimeTicks) =>
        Of(string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{pid}/{startTimeTicks}"));

    /// <summary>
    /// For a worker whose id others have too: forked workers get it from their leader, and replicas from one unit file. The id goes in, so
    /// that the result changes when the operator changes it.
    /// </summary>
    public static string Of(string sharedId, int pid, long startTimeTicks) =>
        Of(string.Create(CultureInfo.InvariantCulture, $"{sharedId}/{Environment.MachineName}/{pid}/{startTimeTicks}"));

    [SuppressMessage("Security", "CA5350", Justification = "RFC 9562 defines version 5 with SHA-1; nothing is protected by it.")]
    private static string Of(string name)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData([.. ServiceNamespace.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)], hash);
        ushort version = BinaryPrimitives.ReadUInt16BigEndian(hash[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((version & 0x0FFF) | 0x5000));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString();
    }
}
