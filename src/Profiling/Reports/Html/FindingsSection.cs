using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Reports.Html;

/// <summary>One card for each suspected leak: what grew, who holds it, who allocated it, and how sure that is.</summary>
internal static class FindingsSection
{
    /// <summary>The others are folded away: nobody opens the files of the eleventh first.</summary>
    private const int MostOpen = 10;

    private const int MostFindings = 100;

    public static void Add(HtmlText html, CaptureReport report)
    {
        html.Add($"<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n");
        if (report.Findings.Count == 0)
        {
            html.Add($"<p>{(report.Outcome == CaptureOutcome.Completed ? "Nothing in the live heap grew enough to name a holder." : "Nothing was compared.")}</p>\n");
        }

        foreach (Finding finding in report.Findings.Take(MostOpen))
        {
            AddFinding(html, finding);
        }

        AddFolded(html, report.Findings);
        html.Add($"</section>\n");
    }

    private static void AddFolded(HtmlText html, IReadOnlyList<Finding> findings)
    {
        if (findings.Count <= MostOpen)
        {
            return;
        }

        html.Add($"<details><summary>{findings.Count - MostOpen:N0} more</summary>\n");
        foreach (Finding finding in findings.Take(MostFindings).Skip(MostOpen))
        {
            AddFinding(html, finding);
        }

        if (findings.Count > MostFindings)
        {
            html.Add($"<p class=\"note\">report.json has {findings.Count - MostFindings:N0} more.</p>\n");
        }

        html.Add($"</details>\n");
    }

    private static void AddFinding(HtmlText html, Finding finding)
    {
        html.Add($"<article class=\"finding {ReportWords.Token(finding.Verdict)}\" aria-labelledby=\"finding-{finding.Rank}\">\n<h3 id=\"finding-{finding.Rank}\"><span class=\"rank\">#{finding.Rank}</span> <code>{ReportWords.Name(finding.Type)}</code></h3>\n");
        html.Add($"<p class=\"badges\"><strong class=\"badge\">{ReportWords.Word(finding.Verdict)}</strong> <span class=\"badge {ReportWords.Token(finding.Status)}\">{ReportWords.Word(finding.Status)}</span> <span class=\"badge\">{ReportWords.Word(finding.Origin)}</span></p>\n");
        html.Add($"<p>{finding.Summary}{Doubt(finding)}.</p>\n<dl class=\"figures\">\n<div><dt>Retained</dt><dd><b>{ByteSize.FormatDelta(finding.RetainedBytesDelta)}</b> <span>{ReportWords.Share(finding.ShareOfGrowth)} of the growth</span></dd></div>\n");
        html.Add($"<div><dt>Objects</dt><dd><b>{ReportWords.Count(finding.ObjectsDelta)}</b> <span>{ByteSize.FormatDelta(finding.BytesDelta)} of their own</span></dd></div>\n</dl>\n");
        AddPath(html, finding);
        AddSites(html, finding);
        html.Add($"<p class=\"note\">Fingerprint <code>{finding.Fingerprint}</code>, {ReportText.History(finding)}.</p>\n</article>\n");
    }

    private static string Doubt(Finding finding) => finding.Verdict switch
    {
        Verdict.Saturating => "; it grew slower and slower, as a cache that fills",
        Verdict.Inconclusive => "; it did not grow all through the window",
        _ => "",
    };

    private static void AddPath(HtmlText html, Finding finding)
    {
        html.Add($"<h4>Held by</h4>\n<ol class=\"path\">\n");
        foreach ((int at, string step) in finding.Path.Index())
        {
            string name = ReportWords.Name(step);
            html.Add($"<li class=\"{(at == 0 ? "holder" : "step")}\"><code title=\"{name}\">{(at == 0 ? name : TypeName.Shorten(name))}</code></li>\n");
        }

        html.Add($"</ol>\n");
    }

    private static void AddSites(HtmlText html, Finding finding)
    {
        if (finding.AllocationSites.Count == 0 && finding.AllocationNote is null)
        {
            return;
        }

        html.Add($"<h4>Allocated at</h4>\n");
        foreach (AllocationSite site in finding.AllocationSites)
        {
            html.Add($"<p class=\"site\"><b>about {ByteSize.Format(site.EstimatedBytes)}</b> {ReportWords.Error(site.RelativeError)}, from {site.Samples:N0} samples</p>\n<ol class=\"stack\">\n");
            AddFrames(html, site.Frames);
            html.Add($"</ol>\n");
        }

        if (finding.AllocationNote is { } note)
        {
            html.Add($"<p class=\"note\">Of the allocations: {note}.</p>\n");
        }
    }

    private static void AddFrames(HtmlText html, IReadOnlyList<AllocationFrame> frames)
    {
        bool isToOpen = true;
        foreach (AllocationFrame frame in frames)
        {
            string kind = frame.Origin != TypeOrigin.Application ? "library" : isToOpen ? "application open" : "application";
            isToOpen &= frame.Origin != TypeOrigin.Application;
            html.Add($"<li class=\"{kind}\"><code>{ReportWords.Name(frame.Function)}</code>");
            if (frame.File is not null)
            {
                html.Add($" <span class=\"source\">{ReportWords.Source(frame.File, frame.Line)}</span>");
            }

            html.Add($"</li>\n");
        }
    }
}
