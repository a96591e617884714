using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Reports.Html;

/// <summary>Every type that changed, in a table that the page's script sorts and folds.</summary>
internal static class TypesSection
{
    /// <summary>What a browser sorts at once. report.json has all.</summary>
    private const int MostTypes = 2000;

    public static void Add(HtmlText html, IReadOnlyList<TypeGrowth> types)
    {
        if (types.Count == 0)
        {
            return;
        }

        html.Add($"<section aria-labelledby=\"types\">\n<h2 id=\"types\">Types</h2>\n<p>{types.Count:N0} types changed in count or size");
        html.Add($"{(types.Count > MostTypes ? ReportWords.Invariant($"; here are the {MostTypes:N0} that grew most, report.json has all") : "")}.</p>\n");
        html.Add($"<div class=\"wide\"><table class=\"types\">\n<thead><tr><th scope=\"col\">Type</th><th scope=\"col\">Module</th>");
        html.Add($"<th scope=\"col\" class=\"number\">Objects before</th><th scope=\"col\" class=\"number\">Objects after</th><th scope=\"col\" class=\"number\">Change</th>");
        html.Add($"<th scope=\"col\" class=\"number\">Bytes before</th><th scope=\"col\" class=\"number\">Bytes after</th><th scope=\"col\" class=\"number\" aria-sort=\"descending\">Change</th></tr></thead>\n<tbody>\n");
        foreach (TypeGrowth type in types.Take(MostTypes))
        {
            string name = ReportWords.Name(type.Name);
            html.Add($"<tr><th scope=\"row\"><code title=\"{name}\">{TypeName.Shorten(name)}</code></th><td>{type.Module ?? ""}</td>");
            html.Add($"<td class=\"number\" data-value=\"{type.ObjectsBefore}\">{type.ObjectsBefore:N0}</td><td class=\"number\" data-value=\"{type.ObjectsAfter}\">{type.ObjectsAfter:N0}</td><td class=\"number\" data-value=\"{type.ObjectsDelta}\">{ReportWords.Count(type.ObjectsDelta)}</td>");
            html.Add($"<td class=\"number\" data-value=\"{type.BytesBefore}\">{ByteSize.Format(type.BytesBefore)}</td><td class=\"number\" data-value=\"{type.BytesAfter}\">{ByteSize.Format(type.BytesAfter)}</td><td class=\"number\" data-value=\"{type.BytesDelta}\">{ByteSize.FormatDelta(type.BytesDelta)}</td></tr>\n");
        }

        html.Add($"</tbody>\n</table></div>\n</section>\n");
    }
}
