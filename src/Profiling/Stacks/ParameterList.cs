using System.Text.RegularExpressions;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Stacks;

/// <summary>
/// The parameters behind a method's name: <c>Add(Int32, System.String)</c> as the DAC writes them, <c>instance void  (int32,class
/// System.String)</c> as the runtime's events do.
/// </summary>
internal static partial class ParameterList
{
    /// <summary>
    /// One entry each, null for one that is written in a way of its own. Without the environment that the compiler gives to local functions.
    /// Null where the text does not end with parameters.
    /// </summary>
    public static IReadOnlyList<TypeSyntax?>? TryParse(string? signature)
    {
        if (signature is null || OpenParenthesis(signature) is not (>= 0 and int open))
        {
            return null;
        }

        string inside = KindWords().Replace(signature[(open + 1)..signature.LastIndexOf(')')], "")
            .Replace("unsigned int", "uint", StringComparison.Ordinal)
            .Replace("native int", "IntPtr", StringComparison.Ordinal)
            .Replace("native uint", "UIntPtr", StringComparison.Ordinal);
        return inside.Trim().Length == 0 ? [] : [.. Split(inside).Select(TypeSyntax.TryParse).Where(type => !IsEnvironment(type))];
    }

    /// <summary>The text before the parameters, whole where it has none.</summary>
    public static string NameBefore(string signature) => OpenParenthesis(signature) is >= 0 and int open ? signature[..open].TrimEnd() : signature;

    /// <summary>Whether the events call the method generic; the DAC shows it by the arguments in the method's name.</summary>
    public static bool IsGeneric(string signature) => NameBefore(signature).Contains("generic ", StringComparison.Ordinal);

    private static bool IsEnvironment(TypeSyntax? type) => type is not null && CompilerName.TryParse(type.Segments[^1].Name) is { Kind: CompilerName.Closure };

    /// <summary>The one that the last closing parenthesis closes; -1 where there is none.</summary>
    private static int OpenParenthesis(string signature)
    {
        int depth = 0;
        for (int at = signature.LastIndexOf(')'); at >= 0; at--)
        {
            depth += signature[at] == ')' ? 1 : signature[at] == '(' ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static IEnumerable<string> Split(string list)
    {
        int depth = 0;
        int start = 0;
        for (int at = 0; at < list.Length; at++)
        {
            depth += list[at] is '<' or '[' or '(' ? 1 : list[at] is '>' or ']' or ')' ? -1 : 0;
            if (depth == 0 && list[at] == ',')
            {
                yield return list[start..at].Trim();
                start = at + 1;
            }
        }

        yield return list[start..].Trim();
    }

    /// <summary>What the events write before types; not the end of a longer word, and not a type of that name that is passed by reference.</summary>
    [GeneratedRegex(@"\b(?:value )?class (?!ByRef)", RegexOptions.CultureInvariant)]
    private static partial Regex KindWords();
}
