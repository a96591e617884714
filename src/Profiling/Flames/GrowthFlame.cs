using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Flames;

/// <summary>
/// What grew between two snapshots, by path. A box cannot be narrower than nothing: what went away elsewhere is not drawn, but told.
/// </summary>
/// <param name="Graph">Null where nothing grew.</param>
/// <param name="GrownBytes">On all paths on which bytes came.</param>
/// <param name="GoneBytes">On all paths on which bytes went. The heap grew by the difference.</param>
internal sealed record GrowthFlame(FlameGraph? Graph, long GrownBytes, long GoneBytes)
{
    private const string Root = "live heap";

    /// <summary>O(n log n) of the paths; nothing of the tree is kept.</summary>
    public static GrowthFlame Of(GrowthNode heap)
    {
        List<GrowthNode> nodes = [heap];
        List<FlameRow> rows = [new(-1, new FlameFrame(Root, null), Math.Max(0, heap.BytesDelta), 0)];
        long gone = Math.Max(0, -heap.BytesDelta);
        for (int at = 0; at < nodes.Count; at++)
        {
            foreach (GrowthNode child in nodes[at].Children)
            {
                nodes.Add(child);
                rows.Add(new FlameRow(at, Frame(child.Step), Math.Max(0, child.BytesDelta), child.ObjectsDelta));
                gone += Math.Max(0, -child.BytesDelta);
            }
        }

        return new GrowthFlame(FlameGraph.Of(rows), rows.Sum(row => row.Bytes), gone);
    }

    private static FlameFrame Frame(PathStep step) => new(step.Name, TypeOrigins.Of(step));
}
