namespace HeapDrift.Profiling.Stacks;

/// <summary>Names with dots between them, some of which are dots inside of brackets or the first letter of <c>.ctor</c>.</summary>
internal static class QualifiedName
{
    /// <summary>The dot before the last name, -1 where there is but one name. O(length).</summary>
    public static int LastDot(ReadOnlySpan<char> name)
    {
        int depth = 0;
        int dot = -1;
        for (int at = 0; at < name.Length; at++)
        {
            depth += name[at] is '<' or '[' or '(' ? 1 : name[at] is '>' or ']' or ')' && depth > 0 ? -1 : 0;

            // The second of two dots begins `.ctor`.
            if (name[at] == '.' && depth == 0 && at > 0 && name[at - 1] != '.')
            {
                dot = at;
            }
        }

        return dot;
    }

    /// <summary>The last name; of a file-local type (<c>&lt;File&gt;F0123…__Name</c>) the one in the source.</summary>
    public static string Simple(string name)
    {
        string last = name[(LastDot(name) + 1)..];
        return CompilerName.TryParse(last) is { Kind: CompilerName.FileLocal } local && local.Rest.IndexOf("__", StringComparison.Ordinal) is >= 0 and int at
            ? local.Rest[(at + 2)..]
            : last;
    }
}
