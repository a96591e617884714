namespace HeapDrift.Profiling.Flames;

/// <summary>A tree of boxes whose widths are bytes, bounded: what is too small to be seen has no box and counts for the box above it.</summary>
internal sealed class FlameGraph
{
    private FlameGraph(FlameNode root, int nodes, int leftOut) => (Root, Nodes, LeftOut) = (root, nodes, leftOut);

    /// <summary>Everything.</summary>
    public FlameNode Root { get; }

    /// <summary>Boxes, the root included.</summary>
    public int Nodes { get; }

    /// <summary>Rows with bytes of their own and without a box.</summary>
    public int LeftOut { get; }

    /// <summary>The widest rows, never one without the row above it. O(n log n). Null where there is nothing to draw.</summary>
    public static FlameGraph? Of(IReadOnlyList<FlameRow> rows)
    {
        Sum[] sums = SumUp(rows);
        if (sums.Length == 0 || sums[0].Bytes <= 0)
        {
            return null;
        }

        var nodes = new FlameNode?[rows.Count];
        int drawn = 0;
        foreach (int row in Widest(rows, sums))
        {
            FlameNode node = nodes[row] = new FlameNode(rows[row], sums[row].Bytes, sums[row].Count, Math.Sqrt(sums[row].SquaredError));
            drawn++;
            if (row != 0)
            {
                nodes[rows[row].Parent]!.Add(node);
            }
        }

        return new FlameGraph(nodes[0]!, drawn, Enumerable.Range(0, rows.Count).Count(row => nodes[row] is null && rows[row].Bytes > 0));
    }

    /// <summary>A row is no wider than the row above it and comes after it, so that among equals, too, the upper is the first.</summary>
    private static IEnumerable<int> Widest(IReadOnlyList<FlameRow> rows, Sum[] sums)
    {
        double least = Math.Max(1, sums[0].Bytes * Limits.FlameShare);
        return Enumerable.Range(0, rows.Count)
            .Where(row => sums[row].Bytes >= least && sums[row].Depth <= Limits.FlameDepth)
            .OrderByDescending(row => sums[row].Bytes)
            .ThenBy(row => row)
            .Take(Limits.FlameNodes);
    }

    /// <summary>Without recursion: a path may have hundreds of steps.</summary>
    private static Sum[] SumUp(IReadOnlyList<FlameRow> rows)
    {
        var sums = new Sum[rows.Count];
        for (int row = 0; row < sums.Length; row++)
        {
            FlameRow own = rows[row];
            sums[row] = new Sum(own.Bytes, own.Count, own.ErrorBytes * own.ErrorBytes, row == 0 ? 0 : sums[own.Parent].Depth + 1);
        }

        for (int row = sums.Length - 1; row > 0; row--)
        {
            ref Sum above = ref sums[rows[row].Parent];
            above = above with
            {
                Bytes = above.Bytes + sums[row].Bytes,
                Count = above.Count + sums[row].Count,
                SquaredError = above.SquaredError + sums[row].SquaredError,
            };
        }

        return sums;
    }

    /// <summary>Of a row and all beneath it. Errors of estimates that do not depend on each other add up in squares.</summary>
    private readonly record struct Sum(long Bytes, long Count, double SquaredError, int Depth);
}
