using System.Security.Cryptography;
using System.Text;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>Recognises a leak by its normalised path: equal after a restart and a rebuild, different for another holder.</summary>
internal static class Fingerprint
{
    /// <summary>16 hexadecimal digits: 64 bits, so that a million different leaks collide with a probability below 0.000003 %.</summary>
    public static string Of(IEnumerable<string> path)
    {
        string normalised = string.Join('\n', path.Select(StableName.Of));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalised)).AsSpan(0, 8));
    }
}
