using System.Globalization;
using System.Text;

namespace HeapDrift.LeakScore;

/// <summary>All judgements as a Markdown table, the scores, and what was said where it was wrong.</summary>
internal static class Scoreboard
{
    private const double LeastShare = 0.95;

    private const int MostFindings = 3;

    private static readonly string[] Head = ["program", "kind", "said of it", "verdict", "type", "holder", "site"];

    /// <summary>At least 95 % of each and nobody accused who is healthy.</summary>
    public static bool IsReached(IReadOnlyList<Judgement> all) =>
        all.Count != 0 && Scores(all).All(score => score.Right >= score.Of * LeastShare) && !all.Any(each => each.IsFalseAlarm);

    public static string Render(IReadOnlyList<Judgement> all)
    {
        var text = new StringBuilder();
        AppendTable(text, [Head, .. all.Select(Cells)]);
        text.Append('\n');
        foreach ((string what, int right, int of) in Scores(all).Where(score => score.Of > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {what}: {right} of {of} ({(double)right / of:P1})\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"- false alarms: {all.Count(each => each.IsFalseAlarm)} of {all.Count(each => each.Label.Healthy)} healthy programs\n");
        foreach (Judgement wrong in all.Where(each => !each.IsRight))
        {
            AppendMistake(text, wrong);
        }

        return text.ToString();
    }

    private static IReadOnlyList<(string What, int Right, int Of)> Scores(IReadOnlyList<Judgement> all)
    {
        Judgement[] leaks = [.. all.Where(each => !each.Label.Healthy)];
        return
        [
            ("verdict of a leak", leaks.Count(each => each.Verdict), leaks.Length),
            ("verdict of a healthy program", all.Count(each => each.Label.Healthy && each.Verdict), all.Count - leaks.Length),
            Score("type", leaks.Select(each => each.Type)),
            Score("holder", leaks.Select(each => each.Holder)),
            Score("allocation site", leaks.Select(each => each.Site)),
            ("all of a leak at once", leaks.Count(each => each.IsRight), leaks.Length),
        ];
    }

    private static (string What, int Right, int Of) Score(string what, IEnumerable<bool?> judged)
    {
        bool[] known = [.. judged.OfType<bool>()];
        return (what, known.Count(right => right), known.Length);
    }

    private static void AppendTable(StringBuilder text, string[][] lines)
    {
        int[] widths = [.. Enumerable.Range(0, Head.Length).Select(column => lines.Max(line => line[column].Length))];
        foreach ((int at, string[] line) in lines.Index())
        {
            text.Append("| ").AppendJoin(" | ", line.Select((cell, column) => cell.PadRight(widths[column]))).Append(" |\n");
            if (at == 0)
            {
                text.Append('|').AppendJoin('|', widths.Select(width => new string('-', width + 2))).Append("|\n");
            }
        }
    }

    private static string[] Cells(Judgement each) =>
    [
        each.Label.Name, each.Label.Healthy ? $"healthy: {each.Label.Kind}" : each.Label.Kind, each.Report?.Verdict ?? "not captured",
        each.IsFalseAlarm ? "ACCUSED" : Mark(each.Verdict), Mark(each.Type), Mark(each.Holder), Mark(each.Site),
    ];

    private static string Mark(bool? isRight) => isRight switch
    {
        true => "yes",
        false => "NO",
        null => "-",
    };

    private static void AppendMistake(StringBuilder text, Judgement wrong)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{wrong.Label.Name} is {Expected(wrong.Label)}\n    said: {wrong.Failure ?? wrong.Report!.Verdict}\n");
        foreach ((int at, ReportedFinding finding) in (wrong.Report?.Findings ?? []).Take(MostFindings).Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"    #{at + 1} {finding.Type} +{finding.ObjectsDelta:N0} objects, {finding.RetainedBytesDelta / 1e6:N1} MB\n");
            text.Append(CultureInfo.InvariantCulture, $"       path: {string.Join(" -> ", finding.Path)}\n");
            text.Append(CultureInfo.InvariantCulture, $"       from: {Site(finding)}\n");
        }
    }

    private static string Expected(Label label) =>
        label.Healthy ? "healthy"
        : label.Types.Count == 0 ? $"{label.Verdict} and no finding"
        : $"{label.Verdict}: {string.Join(" or ", label.Types)}, held by {string.Join(" or ", label.Holders)}, from {string.Join(" or ", label.Functions)}";

    private static string Site(ReportedFinding finding) =>
        finding.AllocationSites.Count == 0 ? "no stack"
        : Judge.OwnFrame(finding.AllocationSites[0])?.ToString() ?? $"only the platform: {string.Join(" < ", finding.AllocationSites[0].Frames)}";
}
