using HeapDrift.Profiling.Captures;

namespace HeapDrift.Profiling.Reports.Html;

/// <summary>Which worker, what was found, and the figures by which to judge how far to trust it.</summary>
internal static class PageHeader
{
    public static void Add(HtmlText html, CaptureReport report)
    {
        WorkerIdentity worker = report.Worker;
        bool isDone = report.Outcome == CaptureOutcome.Completed;
        html.Add($"<header class=\"{(isDone ? ReportWords.Token(report.Verdict) : "inconclusive")}\">\n<p class=\"brand\">HeapDrift</p>\n<h1>{worker.ServiceName ?? worker.Name}</h1>\n");
        html.Add($"<p class=\"worker\">{(worker.ServiceName is not null && worker.ServiceName != worker.Name ? worker.Name + ", " : "")}process {worker.Pid}, .NET {worker.RuntimeVersion ?? "of unknown version"}");
        if (worker.ServiceInstanceId is { } instance)
        {
            html.Add($", instance <code>{ReportWords.Name(instance)}</code>");
        }

        html.Add($"</p>\n<p class=\"verdict\"><strong class=\"badge\">{(isDone ? ReportWords.Word(report.Verdict) : ReportWords.Word(report.Outcome))}</strong> {ReportText.Headline(report)}</p>\n");
        if (report.EvidenceReason is { } reason && isDone)
        {
            html.Add($"<p class=\"note\">Types were counted and their holders not looked for: {reason}.</p>\n");
        }

        AddFigures(html, report);
        html.Add($"</header>\n");
    }

    private static void AddFigures(HtmlText html, CaptureReport report)
    {
        html.Add($"<dl class=\"figures\">\n");
        if (report.Snapshots is [{ } baseline, .., { } final])
        {
            Figure(html, "Live heap", ByteSize.FormatDelta(final.LiveBytes - baseline.LiveBytes), $"{ByteSize.Format(baseline.LiveBytes)} to {ByteSize.Format(final.LiveBytes)}");
        }

        if (report.Memory is { Baseline: { } before, Final: { } after })
        {
            Figure(html, "Process (PSS)", ByteSize.FormatDelta(after.PssBytes - before.PssBytes), $"{ByteSize.Format(before.PssBytes)} to {ByteSize.Format(after.PssBytes)}");
        }

        if (report.Snapshots is [{ } first, .., { } last])
        {
            Figure(html, "Window", ReportWords.Span(last.TakenAt - first.TakenAt), SnapshotCount(report));
        }

        if (report.Snapshots.Count != 0)
        {
            Figure(html, "Longest pause", ReportWords.Milliseconds(LongestPause(report)), report.Snapshots[0].Engine);
            SnapshotSummary least = report.Snapshots.MinBy(snapshot => (snapshot.Complete, snapshot.Coverage ?? 1))!;
            Figure(html, "Seen of the heap", least.Coverage is { } coverage ? ReportWords.Share(coverage) : "unknown", report.Snapshots.All(snapshot => snapshot.Complete) ? "complete" : "INCOMPLETE");
        }

        Figure(html, "Trigger", ReportWords.Word(report.Trigger.Kind), report.Trigger.AlertName ?? ReportWords.Invariant($"{report.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC"));
        Figure(html, "Outcome", ReportWords.Word(report.Outcome), report.OutcomeReason ?? "");
        html.Add($"</dl>\n");
    }

    private static void Figure(HtmlText html, string name, string figure, string detail) =>
        html.Add($"<div><dt>{name}</dt><dd><b>{figure}</b> <span>{detail}</span></dd></div>\n");

    private static string SnapshotCount(CaptureReport report) =>
        ReportWords.Invariant($"{report.Snapshots.Count + (report.Confirmations?.Count ?? 0)} snapshots");

    private static double? LongestPause(CaptureReport report) => report.Snapshots.Select(snapshot => snapshot.PauseMilliseconds)
        .Concat(report.Confirmations?.Select(snapshot => snapshot.PauseMilliseconds) ?? [])
        .Max();
}
