namespace HeapDrift.LeakScore;

/// <summary>
/// What is wrong with one program of the gallery. Lists hold what may be said, each of them right; a <c>*</c> stands for anything. See
/// <see cref="Judge"/> for how they are compared.
/// </summary>
internal sealed record Label
{
    /// <summary>The program's name in the gallery.</summary>
    public required string Name { get; init; }

    public required string Kind { get; init; }

    public bool Healthy { get; init; }

    /// <summary>Null for a healthy program: it may be called anything but a culprit.</summary>
    public string? Verdict { get; init; }

    /// <summary>What piles up, as C# writes it, without namespaces. Empty where nothing managed does.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>What ends the path to the roots: <c>Class.Field</c> or a kind of handle.</summary>
    public IReadOnlyList<string> Holders { get; init; } = [];

    /// <summary><c>Class.Method</c> in which it is allocated, then those that it may be inlined into.</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>The file of <see cref="Functions"/>; the lines are those that carry <see cref="SourceLines.Mark"/>.</summary>
    public string? File { get; init; }
}
