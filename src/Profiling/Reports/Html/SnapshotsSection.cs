namespace HeapDrift.Profiling.Reports.Html;

/// <summary>What was looked at, when, and what that cost the worker.</summary>
internal static class SnapshotsSection
{
    public static void Add(HtmlText html, CaptureReport report)
    {
        if (report.Snapshots.Count == 0)
        {
            return;
        }

        html.Add($"<section aria-labelledby=\"snapshots\">\n<h2 id=\"snapshots\">Snapshots</h2>\n<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Snapshot</th><th scope=\"col\">Time (UTC)</th><th scope=\"col\">Engine</th>");
        html.Add($"<th scope=\"col\" class=\"number\">Live objects</th><th scope=\"col\" class=\"number\">Live heap</th><th scope=\"col\" class=\"number\">Pause</th>");
        html.Add($"<th scope=\"col\" class=\"number\">Took</th><th scope=\"col\" class=\"number\">Seen</th><th scope=\"col\">Complete</th></tr></thead>\n<tbody>\n");
        AddRow(html, report.Snapshots[0]);
        foreach (ConfirmingSnapshot between in report.Confirmations ?? [])
        {
            html.Add($"<tr><th scope=\"row\">between</th><td>{between.TakenAt.UtcDateTime:HH:mm:ss}</td><td></td><td class=\"number\">{between.LiveObjects:N0}</td><td class=\"number\">{ByteSize.Format(between.LiveBytes)}</td>");
            html.Add($"<td class=\"number\">{ReportWords.Milliseconds(between.PauseMilliseconds)}</td><td></td><td></td><td>yes</td></tr>\n");
        }

        foreach (SnapshotSummary snapshot in report.Snapshots.Skip(1))
        {
            AddRow(html, snapshot);
        }

        html.Add($"</tbody>\n</table></div>\n</section>\n");
    }

    private static void AddRow(HtmlText html, SnapshotSummary snapshot)
    {
        html.Add($"<tr><th scope=\"row\">{ReportWords.Word(snapshot.Role)}</th><td>{snapshot.TakenAt.UtcDateTime:HH:mm:ss}</td><td>{snapshot.Engine}</td>");
        html.Add($"<td class=\"number\">{snapshot.LiveObjects:N0}</td><td class=\"number\">{ByteSize.Format(snapshot.LiveBytes)}</td><td class=\"number\">{ReportWords.Milliseconds(snapshot.PauseMilliseconds)}</td>");
        html.Add($"<td class=\"number\">{ReportWords.Milliseconds(snapshot.DurationMilliseconds)}</td><td class=\"number\">{(snapshot.Coverage is { } coverage ? ReportWords.Share(coverage) : "unknown")}</td>");
        html.Add($"<td>{(snapshot.Complete ? "yes" : "no: " + string.Join("; ", snapshot.Gaps ?? []))}</td></tr>\n");
    }
}
