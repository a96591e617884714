using System.Security.Cryptography;
using System.Text;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>Recognises a leak by its normalised path: equal after a restart and a rebuild, different for another holder.</summary>
internal static class Fingerprint
{
    private const string Stack = "stack of ";
    private const string Static = "static ";

    /// <summary>16 hexadecimal digits: 64 bits, so that a million different leaks collide with a probability below 0.000003 %.</summary>
    public static string Of(IEnumerable<string> path)
    {
        string normalised = string.Join('\n', path.Select((step, at) => at == 0 ? Root(StableName.Of(step)) : WithoutEnclosing(StableName.Of(step))));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalised)).AsSpan(0, 8));
    }

    /// <summary>Only one of the engines tells whose stack it is.</summary>
    private static string Root(string step) =>
        step.StartsWith(Stack, StringComparison.Ordinal) ? Stack : step.StartsWith(Static, StringComparison.Ordinal) ? step : WithoutEnclosing(step);

    /// <summary>
    /// Nested types come without what encloses them from the runtime's events (<c>Entry&lt;int&gt;</c>, <c>CallbackNode</c>) and with it from its data structures
    /// (<c>System.Collections.Generic.Dictionary+Entry&lt;int&gt;</c>): both are the same leak.
    /// </summary>
    private static string WithoutEnclosing(string step)
    {
        // The compiler's own names begin with a bracket, too.
        int closure = step.LastIndexOf("+<", StringComparison.Ordinal);
        int generic = step.IndexOf('<', StringComparison.Ordinal);
        int end = generic < 0 || generic == closure + 1 ? step.Length - 1 : generic;
        return step.LastIndexOf('+', end) is >= 0 and int plus ? step[(plus + 1)..] : step;
    }
}
