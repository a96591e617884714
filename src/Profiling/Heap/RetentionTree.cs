using System.Text.Json.Serialization;
using HeapDrift.Profiling.Diff;

namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Who holds what, as a tree of type paths: root -> type -> type. Every live object belongs to exactly one node, the one on whose
/// path it was reached first. Node 0 is the heap itself; a parent always comes before its children.
/// </summary>
internal sealed class RetentionTree(IReadOnlyList<RetentionNode> nodes)
{
    private const string NoHolder = "a holder that was not looked for";

    public static RetentionTree Empty { get; } = new([new RetentionNode(-1, new PathStep("", null, PathStepKind.Heap), 0, 0)]);

    public IReadOnlyList<RetentionNode> Nodes => nodes;

    /// <summary>Of a heap whose types were counted and whose references were not followed: every type directly beneath a root that says so.</summary>
    public static RetentionTree WithoutHolders(IEnumerable<TypeUsage> types)
    {
        var tree = new RetentionTreeBuilder();
        int unknown = tree.Descend(RetentionTreeBuilder.Heap, tree.Intern(new PathStep(NoHolder, null, PathStepKind.Root)));
        foreach (TypeUsage type in types)
        {
            tree.Count(tree.Descend(unknown, tree.Intern(new PathStep(type.Name, type.Module, PathStepKind.Type))), type.Objects, type.Bytes);
        }

        return tree.Build();
    }
}

/// <summary>The objects on one path.</summary>
/// <param name="Parent">Index of the holder's node, -1 for the heap itself.</param>
/// <param name="Step">The last step of the path.</param>
/// <param name="Objects">Objects at this node, without those beneath.</param>
/// <param name="Bytes">Their own bytes.</param>
internal readonly record struct RetentionNode(int Parent, PathStep Step, long Objects, long Bytes);

/// <summary>One step of a retention path.</summary>
/// <param name="Name">A type as written in C#, or a root such as <c>static Shop.Cache.Sessions</c>.</param>
/// <param name="Module">File name of the module that defines the type; null for roots and where unknown.</param>
/// <param name="Kind">What the name names.</param>
internal sealed record PathStep(string Name, string? Module, PathStepKind Kind)
{
    private const string StaticWord = "static ";

    /// <summary>
    /// Whose code it is, where the engine looked at the module's file; null where only the names tell. What two steps are called makes them equal.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TypeOrigin? Origin { get; init; }

    /// <summary><c>Shop.Cache.Sessions</c> of the root <c>static Shop.Cache.Sessions</c>; null where no static field is named.</summary>
    [JsonIgnore]
    public string? StaticField => Kind == PathStepKind.Root && Name.IndexOf(StaticWord, StringComparison.Ordinal) is >= 0 and int at ? Name[(at + StaticWord.Length)..] : null;

    public bool Equals(PathStep? other) => other is not null && Name == other.Name && Module == other.Module && Kind == other.Kind;

    public override int GetHashCode() => HashCode.Combine(Name, Module, Kind);
}

internal enum PathStepKind
{
    Heap,
    Root,
    Type,
}
