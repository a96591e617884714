using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Reports.Html;

/// <summary>Where the process's memory is, before and after, in parts that add up: the heap alone is never the size of the pod.</summary>
internal static class LedgerSection
{
    /// <summary>The kernel's kinds have it beside PSS, not in it.</summary>
    private const string Swap = "swap";

    private const int Colours = 9;
    private const int ManagedColours = 3;

    /// <summary>Units of a picture's width.</summary>
    private const int Width = 1000;

    public static void Add(HtmlText html, MemoryComparison memory)
    {
        html.Add($"<section aria-labelledby=\"ledger\">\n<h2 id=\"ledger\">Memory of the process</h2>\n");
        if ((memory.Baseline ?? memory.Final) is not { } only)
        {
            html.Add($"<p>The kernel did not tell it.</p>\n</section>\n");
            return;
        }

        MemoryReading before = memory.Baseline ?? only;
        MemoryReading? after = memory.Baseline is null ? null : memory.Final;
        IReadOnlyList<LedgerPart> parts = Parts(before, after);
        long most = Math.Max(1, Math.Max(Drawn(parts, part => part.Before), Drawn(parts, part => part.After)));
        html.Add($"<figure class=\"bars\">\n");
        AddBar(html, after is null ? "once read" : "before", before.PssBytes, parts, part => part.Before, most);
        if (after is not null)
        {
            AddBar(html, "after", after.PssBytes, parts, part => part.After, most);
        }

        html.Add($"</figure>\n");
        AddTable(html, before, after, parts);
        html.Add($"</section>\n");
    }

    private static LedgerPart[] Parts(MemoryReading before, MemoryReading? after)
    {
        string[] managed = [MemoryCategory.GCHeap, MemoryCategory.GCLive, MemoryCategory.GCFree, MemoryCategory.GCReserve];
        int others = 0;
        return
        [
            .. before.Categories.Keys.Union(after?.Categories.Keys ?? []).Select(category => new LedgerPart(
                category,
                before.Categories.GetValueOrDefault(category),
                after?.Categories.GetValueOrDefault(category) ?? 0,
                Array.IndexOf(managed, category) is >= 0 and int at ? Math.Max(0, at - 1) : ManagedColours + (others++ % (Colours - ManagedColours)))),
        ];
    }

    private static long Drawn(IEnumerable<LedgerPart> parts, Func<LedgerPart, long> bytes) =>
        parts.Where(part => part.Category != Swap).Sum(part => Math.Max(0, bytes(part)));

    private static void AddBar(HtmlText html, string name, long pss, IEnumerable<LedgerPart> parts, Func<LedgerPart, long> bytes, long most)
    {
        html.Add($"<div class=\"bar\"><span>{name}</span><svg viewBox=\"0 0 {Width} 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{name}: {ByteSize.Format(pss)}, its parts are in the table\">");
        double at = 0;
        foreach (LedgerPart part in parts.Where(part => part.Category != Swap && bytes(part) > 0))
        {
            double width = (double)bytes(part) / most * Width;
            html.Add($"<rect class=\"c{part.Colour}\" x=\"{at:0.##}\" y=\"0\" width=\"{width:0.##}\" height=\"10\"><title>{MemoryCategory.NameOf(part.Category)}: {ByteSize.Format(bytes(part))}</title></rect>");
            at += width;
        }

        html.Add($"</svg><b>{ByteSize.Format(pss)}</b></div>\n");
    }

    private static void AddTable(HtmlText html, MemoryReading before, MemoryReading? after, IReadOnlyList<LedgerPart> parts)
    {
        LedgerPart[] inside = [.. parts.Where(part => part.Category != Swap)];
        long widest = Math.Max(1, inside.Max(part => Math.Abs(part.After - part.Before)));
        html.Add($"<div class=\"wide\"><table class=\"ledger\">\n<thead><tr><th scope=\"col\">Part of PSS</th><th scope=\"col\" class=\"number\">Before</th><th scope=\"col\" class=\"number\">After</th><th scope=\"col\" class=\"number\">Change</th><td></td></tr></thead>\n<tbody>\n");
        foreach (LedgerPart part in inside)
        {
            html.Add($"<tr><th scope=\"row\"><svg class=\"swatch\" viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"c{part.Colour}\" width=\"1\" height=\"1\"/></svg>{MemoryCategory.NameOf(part.Category)}</th>");
            AddCells(html, part.Before, after is null ? null : part.After);
            AddChange(html, after is null ? 0 : (double)(part.After - part.Before) / widest);
        }

        html.Add($"</tbody>\n<tfoot>\n");
        AddTotal(html, "PSS", before.PssBytes, after?.PssBytes);
        AddTotal(html, "private", before.PrivateBytes, after?.PrivateBytes);
        AddTotal(html, "RSS", before.RssBytes, after?.RssBytes);
        foreach (LedgerPart swap in parts.Where(part => part.Category == Swap))
        {
            AddTotal(html, "swap, beside PSS", swap.Before, after is null ? null : swap.After);
        }

        html.Add($"</tfoot>\n</table></div>\n<p class=\"note\">{AddUp(inside, before, after)}</p>\n");
    }

    private static void AddTotal(HtmlText html, string name, long before, long? after)
    {
        html.Add($"<tr><th scope=\"row\">{name}</th>");
        AddCells(html, before, after);
        html.Add($"<td></td></tr>\n");
    }

    private static void AddCells(HtmlText html, long before, long? after)
    {
        html.Add($"<td class=\"number\">{ByteSize.Format(before)}</td><td class=\"number\">{(after is { } bytes ? ByteSize.Format(bytes) : "not read")}</td>");
        html.Add($"<td class=\"number\">{(after is { } now ? ByteSize.FormatDelta(now - before) : "")}</td>");
    }

    private static void AddChange(HtmlText html, double share) =>
        html.Add($"<td class=\"change\"><svg viewBox=\"-100 0 200 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"{(share < 0 ? "less" : "more")}\" x=\"{Math.Min(0, share * 100):0.##}\" y=\"0\" width=\"{Math.Abs(share) * 100:0.##}\" height=\"10\"/></svg></td></tr>\n");

    /// <summary>Never silently: a ledger that does not add up hides something.</summary>
    private static string AddUp(IReadOnlyList<LedgerPart> parts, MemoryReading before, MemoryReading? after)
    {
        long missingBefore = before.PssBytes - parts.Sum(part => part.Before);
        long missingAfter = after is null ? 0 : after.PssBytes - parts.Sum(part => part.After);
        return (missingBefore, missingAfter) switch
        {
            (0, 0) => "The parts add up to PSS, the process's share of physical memory, byte for byte.",
            _ => $"The parts do not add up to PSS: {ByteSize.Format(missingBefore)} before and {ByteSize.Format(missingAfter)} after are in none of them.",
        };
    }

    private readonly record struct LedgerPart(string Category, long Before, long After, int Colour);
}
