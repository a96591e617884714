using System.Text.RegularExpressions;

namespace HeapDrift.Profiling.Heap;

/// <summary>
/// A name without what compilers number anew in every build, so that it is equal over rebuilds: ordinals of closures, state machines, lambdas
/// and local functions, generic arity, the path hash of file-local types, the line in the names of F#. Other names are left as they are.
/// Roslyn's names: GeneratedNames.cs and GeneratedNameKind.cs.
/// </summary>
internal static partial class StableName
{
    public static string Of(string name) => Unstable().Replace(name, "${kept}");

    /// <summary>
    /// What stays is in the group. Nothing a person can write in C# matches: each begins with a character that no identifier has, but for the
    /// <c>lambda_method12</c> of compiled expression trees. No alternative can be matched in two ways, so it stays linear.
    /// </summary>
    [GeneratedRegex(
        @"(?<kept>>[0-9a-zA-Z-[g]]__[A-Za-z]*|\||@|\$__|VB\$StateMachine_|\blambda_method)\d+(?:[_-]\d+)*|(?<kept>>F)[0-9A-F]{64}(?=__)|`\d+|(?<=<)\d+(?=>__)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Unstable();
}
