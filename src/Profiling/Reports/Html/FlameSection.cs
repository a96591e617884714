using HeapDrift.Profiling.Flames;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Reports.Html;

/// <summary>
/// A flame graph as a nested list, which the page's script draws as boxes: without scripts, and for those who do not see, the list is all there is.
/// </summary>
internal static class FlameSection
{
    /// <summary>Beneath the heap itself are static fields, handles and stacks.</summary>
    private const int HolderDepth = 1;

    public static void AddGrowth(HtmlText html, GrowthFlame? growth)
    {
        if (growth?.Graph is not { } graph)
        {
            return;
        }

        Begin(html, "growth", "Growth by path");
        html.Add($"<p>Who holds what came to the heap: {ByteSize.Format(growth.GrownBytes)} on paths that grew. ");
        if (growth.GoneBytes != 0)
        {
            html.Add($"{ByteSize.Format(growth.GoneBytes)} went on other paths and are not drawn; together the heap changed by {ByteSize.FormatDelta(growth.GrownBytes - growth.GoneBytes)}. ");
        }

        html.Add($"{LeftOut(graph, "paths")}The same for other viewers: <code>growth.speedscope.json</code>.</p>\n");
        End(html, graph, new FlameLabels(ShortStep, (node, depth) => depth <= HolderDepth ? "" : $", {ReportWords.Count(node.OwnCount)} objects"));
    }

    public static void AddAllocations(HtmlText html, FlameGraph? graph)
    {
        if (graph is null)
        {
            return;
        }

        Begin(html, "allocations", "Surviving allocations by stack");
        html.Add($"<p>Who allocated what was still alive at the end: about {ByteSize.Format(graph.Root.Bytes)} ({ReportWords.Error(graph.Root.RelativeError)}), estimated from {graph.Root.Count:N0} samples; callers above, the allocating line below. ");
        html.Add($"{LeftOut(graph, "stacks")}The same for other viewers: <code>allocations.speedscope.json</code>.</p>\n");
        End(html, graph, new FlameLabels(ShortMethod, (node, _) => ReportWords.Invariant($", {ReportWords.Error(node.RelativeError)}, {node.Count:N0} samples")));
    }

    private static string LeftOut(FlameGraph graph, string what) => graph.LeftOut == 0 ? ""
        : ReportWords.Invariant($"{graph.LeftOut:N0} {what} that are too narrow for a box count in the box above. ");

    private static void Begin(HtmlText html, string id, string title) =>
        html.Add($"<section class=\"flame\" aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n");

    private static void End(HtmlText html, FlameGraph graph, FlameLabels labels)
    {
        html.Add($"<details class=\"list\" open><summary>As a list</summary>\n<ul>\n");
        AddNode(html, graph.Root, 0, graph.Root.Bytes, labels);
        html.Add($"</ul>\n</details>\n</section>\n");
    }

    /// <summary>Depth is at most <see cref="Limits.FlameDepth"/>.</summary>
    private static void AddNode(HtmlText html, FlameNode node, int depth, long all, FlameLabels labels)
    {
        FlameFrame frame = node.Frame;
        string kind = frame.Origin is { } origin ? ReportWords.Token(origin) : "all";
        html.Add($"<li class=\"{kind}\" data-bytes=\"{node.Bytes}\" data-short=\"{labels.Short(frame, depth)}\"><code>{ReportWords.Name(frame.Name)}</code>");
        if (frame.File is { } file)
        {
            html.Add($" <span class=\"source\">{ReportWords.Source(file, frame.Line)}</span>");
        }

        html.Add($" <span class=\"much\">{ByteSize.Format(node.Bytes)}, {ReportWords.Share((double)node.Bytes / all)}{labels.More(node, depth)}</span>");
        if (node.Children.Count != 0)
        {
            html.Add($"\n<ul>\n");
            foreach (FlameNode child in node.Children)
            {
                AddNode(html, child, depth + 1, all, labels);
            }

            html.Add($"</ul>\n");
        }

        html.Add($"</li>\n");
    }

    /// <summary>A static field is known by its class.</summary>
    private static string ShortStep(FlameFrame frame, int depth) =>
        depth <= HolderDepth ? ReportWords.Name(frame.Name) : TypeName.Shorten(ReportWords.Name(frame.Name));

    private static string ShortMethod(FlameFrame frame, int depth)
    {
        string name = depth == 0 ? frame.Name : ReportText.ShortFunction(frame.Name);
        return frame.Line is { } line ? ReportWords.Invariant($"{name}:{line}") : name;
    }

    /// <summary>How the boxes of one graph are labelled; both are asked with the depth, which is 0 for the root.</summary>
    /// <param name="Short">What fits into a box.</param>
    /// <param name="More">What is said after bytes and share.</param>
    private sealed record FlameLabels(Func<FlameFrame, int, string> Short, Func<FlameNode, int, string> More);
}
