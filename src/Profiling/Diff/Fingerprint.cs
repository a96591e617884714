using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace HeapDrift.Profiling.Diff;

/// <summary>Recognises a leak by its normalised path: equal after a restart and a rebuild, different for another holder.</summary>
internal static partial class Fingerprint
{
    /// <summary>16 hexadecimal digits: 64 bits, so that a million different leaks collide with a probability below 0.000003 %.</summary>
    public static string Of(IEnumerable<string> path)
    {
        string normalised = string.Join('\n', path.Select(step => Ordinals().Replace(step, "$1")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalised)).AsSpan(0, 8));
    }

    /// <summary>The compiler numbers closures and state machines (<c>&lt;&gt;c__DisplayClass12_0</c>, <c>&lt;Get&gt;d__5</c>, <c>g__Local|5_0</c>) anew in every build.</summary>
    [GeneratedRegex(@"(__(?:DisplayClass)?|\|)\d+(?:_\d+)?")]
    private static partial Regex Ordinals();
}
