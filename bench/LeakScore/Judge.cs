using System.Text.RegularExpressions;

namespace HeapDrift.LeakScore;

/// <summary>
/// Compares the top finding of a report with what is known. A type is right if it equals a label once both are without namespaces; a holder if it
/// contains one; an allocation site if the first frame of the first stack that is not the platform's is in one of the functions and, where the
/// report says a line, on a marked one. <c>*</c> in a label stands for anything.
/// </summary>
internal static partial class Judge
{
    /// <summary>Verdicts that say that somebody is to blame.</summary>
    private static readonly string[] Accusations = ["managed-leak", "native-growth", "fragmentation"];

    private static readonly string[] PlatformPrefixes = ["System.", "Microsoft.", "Internal.", "Interop."];

    /// <param name="markedLines">Of the label's file.</param>
    public static Judgement Compare(Label label, Report report, IReadOnlySet<int> markedLines)
    {
        bool accuses = Accusations.Contains(report.Verdict);
        if (label.Healthy)
        {
            return new Judgement { Label = label, Report = report, Verdict = !accuses, IsFalseAlarm = accuses };
        }

        bool verdict = report.Verdict == label.Verdict;
        ReportedFinding? top = report.Findings.Count == 0 ? null : report.Findings[0];
        return label.Types.Count == 0
            ? new Judgement { Label = label, Report = report, Verdict = verdict && top is null }
            : new Judgement
            {
                Label = label,
                Report = report,
                Verdict = verdict,
                Type = top is not null && label.Types.Any(type => Fits(type, WithoutNamespaces(top.Type), isWhole: true)),
                Holder = top is not null && label.Holders.Any(holder => Fits(holder, top.Holder, isWhole: false)),
                Site = top is not null && IsSite(label, top, markedLines),
            };
    }

    /// <summary>Nothing was captured: nothing is right, and a healthy program is not accused either.</summary>
    public static Judgement Failed(Label label, string why)
    {
        bool? wrong = label.Types.Count == 0 ? null : false;
        return new Judgement { Label = label, Failure = why, Verdict = false, Type = wrong, Holder = wrong, Site = wrong };
    }

    /// <summary>The first frame of a stack that a team can change; null where it is all the platform's.</summary>
    public static ReportedFrame? OwnFrame(ReportedSite site) =>
        site.Frames.FirstOrDefault(frame => !PlatformPrefixes.Any(prefix => frame.Function.StartsWith(prefix, StringComparison.Ordinal)));

    private static bool IsSite(Label label, ReportedFinding top, IReadOnlySet<int> markedLines)
    {
        if (top.AllocationSites.Count == 0 || OwnFrame(top.AllocationSites[0]) is not { } frame)
        {
            return false;
        }

        bool isFunction = label.Functions.Any(function => Fits(function, frame.Function, isWhole: false));
        bool isFile = frame.File is null || frame.File.EndsWith(label.File!, StringComparison.Ordinal);
        return isFunction && isFile && (frame.Line is not { } line || markedLines.Contains(line));
    }

    /// <summary>Whole names only: <c>Page</c> is not in <c>static Homepage.Items</c>.</summary>
    private static bool Fits(string label, string said, bool isWhole)
    {
        string pattern = Regex.Escape(label).Replace("\\*", ".*", StringComparison.Ordinal);
        return Regex.IsMatch(said, isWhole ? $"^{pattern}$" : $"(?<![\\w]){pattern}(?![\\w])", RegexOptions.CultureInvariant);
    }

    private static string WithoutNamespaces(string type) => Namespaces().Replace(type, "");

    [GeneratedRegex(@"(?<![\w.])(\w+\.)+(?=[\w<])")]
    private static partial Regex Namespaces();
}
