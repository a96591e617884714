using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Stacks;

/// <summary>Finds the member in whose source a compiled method stands.</summary>
internal static class MemberName
{
    public const string Lambda = "<lambda>";

    /// <summary>
    /// From the outermost to the innermost: <c>[Main, Local]</c> for <c>&lt;&lt;Main&gt;$&gt;g__Local|0_2</c>, <c>[Load, &lt;lambda&gt;]</c> for
    /// <c>&lt;Load&gt;b__3_0</c>. The first is still as in metadata; see <see cref="InCSharp"/>.
    /// </summary>
    public static IReadOnlyList<string> Unwrap(string name)
    {
        List<string> parts = [];
        while (CompilerName.TryParse(name) is { Inner.Length: > 0 } made)
        {
            if (made.Kind is CompilerName.Lambda or CompilerName.LocalFunction)
            {
                parts.Add(made.Kind == CompilerName.Lambda ? Lambda : made.LocalName);
            }
            else if (made.Kind is not (CompilerName.StateMachine or CompilerName.Unspeakable or CompilerName.None))
            {
                break;
            }

            // The names of classes have no dots, so the compiler wrote `-` for those of an explicit implementation.
            name = made.Inner.Replace('-', '.');
        }

        parts.Add(name);
        parts.Reverse();
        return parts;
    }

    /// <summary>A member of a class as C# writes it: <c>Total.get</c>, <c>this[].get</c>, <c>operator +</c>, <c>~Cart</c>.</summary>
    /// <param name="name">Without the interface that it implements.</param>
    /// <param name="owner">The simple name of its class.</param>
    /// <param name="parameters">How many it has; null where that is not known.</param>
    public static string InCSharp(string name, string owner, int? parameters) => name switch
    {
        ".ctor" or ".cctor" => owner,
        "Finalize" when parameters is null or 0 => "~" + owner,
        "get_Item" when parameters > 0 => "this[].get",
        "set_Item" when parameters > 1 => "this[].set",
        _ => TryAccessor(name) ?? CSharpOperators.TryName(name) ?? name,
    };

    /// <summary>Whether a class is no person's: the place of what lambdas capture, or of an iterator's or async method's state.</summary>
    public static bool IsMadeForMethods(TypeSegment segment) =>
        CompilerName.TryParse(segment.Name) is { } made && (made is { Kind: CompilerName.Closure, Inner.Length: 0 } || made.Kind == CompilerName.StateMachine);

    private static string? TryAccessor(string name)
    {
        int underscore = name.IndexOf('_', StringComparison.Ordinal);
        return underscore > 0 && underscore + 1 < name.Length && name[..underscore] is "get" or "set" or "add" or "remove"
            ? $"{name[(underscore + 1)..]}.{name[..underscore]}"
            : null;
    }
}
