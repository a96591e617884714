using HeapDrift.Profiling.Diff;

namespace HeapDrift.Profiling.Flames;

/// <summary>What was allocated in a window and lives on, by stack, the outermost caller at the root.</summary>
internal static class AllocationFlame
{
    private const string Root = "surviving allocations";

    /// <summary>O(frames). Null where there is nothing to draw.</summary>
    /// <param name="stacks">Each with its leaf first. Their estimates do not depend on each other.</param>
    public static FlameGraph? Of(IEnumerable<AllocationSite> stacks)
    {
        List<FlameRow> rows = [new(-1, new FlameFrame(Root, null), 0, 0)];
        var known = new Dictionary<(int, FlameFrame), int>();
        foreach (AllocationSite stack in stacks)
        {
            int at = 0;
            foreach (AllocationFrame frame in stack.Frames.Reverse())
            {
                var step = new FlameFrame(frame.Function, frame.Origin, frame.File, frame.Line);
                if (!known.TryGetValue((at, step), out int next))
                {
                    known[(at, step)] = next = rows.Count;
                    rows.Add(new FlameRow(at, step, 0, 0));
                }

                at = next;
            }

            rows[at] = With(rows[at], stack);
        }

        return FlameGraph.Of(rows);
    }

    private static FlameRow With(FlameRow row, AllocationSite stack)
    {
        double error = double.IsFinite(stack.RelativeError) ? stack.RelativeError * stack.EstimatedBytes : 0;
        return row with
        {
            Bytes = row.Bytes + stack.EstimatedBytes,
            Count = row.Count + stack.Samples,
            ErrorBytes = Math.Sqrt((row.ErrorBytes * row.ErrorBytes) + (error * error)),
        };
    }
}
