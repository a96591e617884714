using System.Text;

namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Type names as the runtime's <c>BulkType</c> event spells them (<c>List`1[System.Int32][]</c>), rewritten with the generic arguments
/// of C# (<c>List&lt;System.Int32&gt;[]</c>). A name of another shape is left as it is.
/// </summary>
internal static class TypeName
{
    public static string FromRuntime(string name) => name.AsSpan().ContainsAny('`', '[') ? Rewrite(name) : name;

    /// <summary>
    /// A name as ClrMD spells it, with the generic arguments where their parameters are declared (<c>Dictionary&lt;K, V&gt;+Entry[]</c>),
    /// rewritten as the other names are (<c>Dictionary+Entry&lt;K, V&gt;[]</c>). Names that compilers make keep their brackets.
    /// </summary>
    public static string FromClrMd(string name) => name.Contains('<', StringComparison.Ordinal) ? Rewrite(name) : name;

    /// <summary>For people: without namespaces and enclosing types' namespaces, <c>Dictionary&lt;String, Session&gt;</c>.</summary>
    public static string Shorten(string name)
    {
        var shortened = new StringBuilder(name.Length);
        int start = 0;
        for (int at = 0; at <= name.Length; at++)
        {
            if (at == name.Length || name[at] is '<' or '>' or ',' or ' ' or '[' or ']' or '+')
            {
                ReadOnlySpan<char> word = name.AsSpan(start, at - start);
                shortened.Append(word[(word.LastIndexOf('.') + 1)..]);
                if (at < name.Length)
                {
                    shortened.Append(name[at]);
                }

                start = at + 1;
            }
        }

        return shortened.ToString();
    }

    private static string Rewrite(string name)
    {
        if (TypeSyntax.TryParse(name) is not { } type)
        {
            return name;
        }

        var text = new StringBuilder(name.Length);
        Write(type, text);
        return text.ToString();
    }

    private static void Write(TypeSyntax type, StringBuilder to)
    {
        to.AppendJoin('+', type.Segments.Select(segment => segment.Name));
        string separator = "<";
        foreach (TypeSyntax argument in type.Arguments)
        {
            to.Append(separator);
            Write(argument, to);
            separator = ", ";
        }

        to.Append(separator == "<" ? "" : ">").Append(type.Suffix);
    }
}
