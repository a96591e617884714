namespace HeapDrift.Profiling.Heap;

/// <summary>A type's name taken apart: <c>Shop.Cache&lt;K, V&gt;+Entry&lt;E&gt;[]</c> has two segments, the suffix <c>[]</c> and three arguments.</summary>
/// <param name="Segments">The outermost type, with its namespace, first; each of the others is nested in the one before it.</param>
/// <param name="Suffix">Ranks, pointers and references as they stand: <c>[,]</c>, <c>*</c>, <c>&amp;</c>.</param>
internal sealed record TypeSyntax(IReadOnlyList<TypeSegment> Segments, string Suffix)
{
    /// <summary>All generic arguments, those of the enclosing types first: metadata repeats them for the nested ones (ECMA-335 II.10.3.1).</summary>
    public IEnumerable<TypeSyntax> Arguments => Segments.SelectMany(segment => segment.Arguments);

    /// <summary>
    /// Null for what is no type's name, or is nested beyond measure. Every form that the runtime writes is understood: <c>List`1[X]</c> (events),
    /// <c>List`1[[X, Assembly]]</c> (the DAC, reflection), <c>List`1&lt;X&gt;</c> (its signatures) and <c>List&lt;X&gt;</c> (ClrMD). O(length).
    /// </summary>
    public static TypeSyntax? TryParse(string name) => IsNestedTooDeep(name) ? null : new TypeSyntaxReader(name).TryReadAll();

    private static bool IsNestedTooDeep(string name)
    {
        int depth = 0;
        foreach (char letter in name)
        {
            depth += letter is '<' or '[' ? 1 : letter is '>' or ']' && depth > 0 ? -1 : 0;
            if (depth > Limits.TypeNameDepth)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>One name between the plus signs of a nested type.</summary>
/// <param name="Name">Without arity; compilers' own names keep their brackets.</param>
/// <param name="Arity">Generic parameters that the name declares (<c>`2</c>); 0 where it does not say.</param>
/// <param name="Arguments">Empty where they are not known.</param>
internal sealed record TypeSegment(string Name, int Arity, IReadOnlyList<TypeSyntax> Arguments);
