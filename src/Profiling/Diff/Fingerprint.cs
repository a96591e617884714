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
        string normalised = string.Join('\n', path.Select(step => WithoutEnclosing(StableName.Of(step))));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalised)).AsSpan(0, 8));
    }

    /// <summary>
    /// Nested generic types come without what encloses them from the runtime's events (<c>Entry&lt;int&gt;</c>) and with it from its data structures
    /// (<c>System.Collections.Generic.Dictionary+Entry&lt;int&gt;</c>): both are the same leak.
    /// </summary>
    private static string WithoutEnclosing(string step)
    {
        int end = step.IndexOf('<', StringComparison.Ordinal);
        return end > 0 && step.LastIndexOf('+', end) is >= 0 and int plus ? step[(plus + 1)..] : step;
    }
}
