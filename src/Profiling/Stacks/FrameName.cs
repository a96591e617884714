using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Stacks;

/// <summary>A method as C# writes it.</summary>
internal sealed record FrameName
{
    /// <summary>With its namespace and what is known of its generic arguments: <c>Shop.Cache&lt;string, _&gt;.Entry</c>. Empty where there is none.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// <c>AddAsync</c>, <c>Load.&lt;lambda&gt;</c>, <c>Main.Local</c>, <c>Total.get</c>; a constructor is named as its class.
    /// </summary>
    public required string Member { get; init; }

    /// <summary>Types separated by commas; null where they are not known, as of the state machine that an async method becomes.</summary>
    public required string? Parameters { get; init; }

    public required bool IsStaticConstructor { get; init; }

    /// <summary>Whether it is the code of an async method or iterator, and not the method that starts it.</summary>
    public required bool IsStateMachine { get; init; }

    /// <summary>
    /// For comparison and fingerprints, with nothing in it that a rebuild, another engine or other generic arguments change; two lambdas of one
    /// method are not told apart.
    /// </summary>
    public required string Stable { get; init; }

    /// <summary><c>Shop.Cart.AddAsync</c>, <c>static Shop.Cart.Cart</c>.</summary>
    public string Function => $"{(IsStaticConstructor ? "static " : "")}{Type}{(Type.Length == 0 ? "" : ".")}{Member}";

    /// <summary><c>Shop.Cart.Add(int, string)</c>; <c>Shop.Cart.AddAsync(...)</c> where the parameters are not known.</summary>
    public string Text => $"{Function}({Parameters ?? "..."})";

    /// <summary>Whatever the names are, there is one; those of another shape, or longer than any compiler's, stay as they are. O(length).</summary>
    public static FrameName Of(RawFrame frame)
    {
        int length = frame.TypeName.Length + frame.MethodName.Length + (frame.Signature?.Length ?? 0);
        return length <= Limits.FrameNameCharacters
            && (frame.TypeName.Length == 0 ? new TypeSyntax([], "") : TypeSyntax.TryParse(frame.TypeName)) is { } type
            && TypeSyntax.TryParse(frame.MethodName) is { } method
                ? new FrameNameBuilder(type, method, frame.Signature).Build()
                : AsItIs(frame);
    }

    private static FrameName AsItIs(RawFrame frame) => new()
    {
        Type = Cut(frame.TypeName),
        Member = Cut(frame.MethodName),
        Parameters = null,
        IsStaticConstructor = false,
        IsStateMachine = false,
        Stable = StableName.Of(Cut($"{Cut(frame.TypeName)}.{frame.MethodName}")),
    };

    private static string Cut(string text) => text.Length <= Limits.FrameNameCharacters ? text : text[..Limits.FrameNameCharacters];
}
