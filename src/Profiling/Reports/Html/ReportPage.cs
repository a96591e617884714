using HeapDrift.Profiling.Flames;

namespace HeapDrift.Profiling.Reports.Html;

/// <summary>
/// The report as one page that opens from a disk, in a mail or on a ticket: style and script are in it, nothing is fetched, and the policy in its
/// head forbids whatever is not the page's own. Without scripts it says the same, with lists in the place of pictures.
/// </summary>
internal static class ReportPage
{
    public static string Render(CaptureReport report, ReportEvidence evidence)
    {
        var html = new HtmlText();
        AddHead(html, report);
        PageHeader.Add(html, report);
        html.Add($"<main>\n");
        FindingsSection.Add(html, report);
        LedgerSection.Add(html, report.Memory);
        FlameSection.AddGrowth(html, evidence.Growth);
        FlameSection.AddAllocations(html, AllocationFlame.Of(evidence.Survivors));
        SnapshotsSection.Add(html, report);
        TypesSection.Add(html, report.Types);
        html.Add($"</main>\n<footer>Capture <code>{report.CaptureId}</code>, {report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {report.CompletedAt.UtcDateTime:HH:mm:ss} UTC. ");
        html.Add($"Beside this page: <code>report.json</code> for programs, <code>report.txt</code> for terminals. Only names left the process, never the content of an object.</footer>\n");
        html.Add($"<script>").AddVerbatim(PageAsset.Script.Text);
        html.Add($"</script>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void AddHead(HtmlText html, CaptureReport report)
    {
        string policy = $"default-src 'none'; style-src {PageAsset.Style.Hash}; script-src {PageAsset.Script.Hash}; base-uri 'none'; form-action 'none'";
        html.Add($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n");
        html.Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Add($"<title>{report.Worker.ServiceName ?? report.Worker.Name}: {ReportWords.Word(report.Verdict)} - HeapDrift</title>\n");
        html.Add($"<style>").AddVerbatim(PageAsset.Style.Text);
        html.Add($"</style>\n</head>\n<body>\n");
    }
}
