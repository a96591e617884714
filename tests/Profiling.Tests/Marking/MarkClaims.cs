using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>What tests say about a <see cref="MarkResult"/>.</summary>
internal static class MarkClaims
{
    public static long ObjectsOf(this MarkResult result, string type) => result.Types.Where(usage => usage.Name == type).Sum(usage => usage.Objects);

    public static long BytesOf(this MarkResult result, string type) => result.Types.Where(usage => usage.Name == type).Sum(usage => usage.Bytes);

    public static long Objects(this MarkResult result) => result.Types.Sum(usage => usage.Objects);

    /// <summary>The names from the root to the only node of a type.</summary>
    public static string[] PathTo(this MarkResult result, string type)
    {
        IReadOnlyList<RetentionNode> nodes = result.Retention.Nodes;
        var path = new List<string>();
        for (RetentionNode at = nodes.Single(node => node.Step.Name == type && node.Objects > 0); at.Parent >= 0; at = nodes[at.Parent])
        {
            path.Insert(0, at.Step.Name);
        }

        return [.. path];
    }

    /// <summary>Types and the whole tree, node by node, and everything that was passed over.</summary>
    public static void AssertSame(MarkResult expected, MarkResult actual)
    {
        Assert.Equal(expected.Types, actual.Types);
        Assert.Equal(expected.Retention.Nodes, actual.Retention.Nodes);
        Assert.Equal(
            (expected.InvalidRoots, expected.InvalidReferences, expected.InvalidObjects, expected.MissingBytes),
            (actual.InvalidRoots, actual.InvalidReferences, actual.InvalidObjects, actual.MissingBytes));
    }
}
