using System.Text;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Watching;
using static HeapDrift.Profiling.Reports.ReportWords;

namespace HeapDrift.Profiling.Reports;

/// <summary>A report for people: the verdict first, then who holds what, then the numbers. Plain text, at most about 120 columns.</summary>
internal static class ReportText
{
    private const int MostTypes = 15;
    private const int MostSites = 3;
    private const int MostFrames = 8;
    private const int MostFunction = 70;

    public static string Render(CaptureReport report)
    {
        var text = new StringBuilder();
        string service = report.Worker.ServiceName is { } name && name != report.Worker.Name ? $" ({name})" : "";
        text.AppendLine(Invariant($"HeapDrift: {report.Worker.Name}{service}, process {report.Worker.Pid}, .NET {report.Worker.RuntimeVersion ?? "of unknown version"}"));
        text.AppendLine(Invariant($"{Headline(report)}"));
        if (report is { EvidenceReason: { } reason, Outcome: CaptureOutcome.Completed })
        {
            text.AppendLine(Invariant($"Types were counted and their holders not looked for: {reason}."));
        }

        text.AppendLine();
        AppendSnapshots(text, report.Snapshots);
        AppendMemory(text, report.Memory);
        AppendFindings(text, report.Findings, isRemembered: true);
        AppendTypes(text, report.Types, "report.json has them all");
        text.AppendLine(Invariant($"Capture {report.CaptureId}, {report.StartedAt:yyyy-MM-dd HH:mm:ss} to {report.CompletedAt:HH:mm:ss} UTC, started by {Token(report.Trigger.Kind)}."));
        return text.ToString();
    }

    /// <summary>What <c>heapdrift diff</c> prints for two files.</summary>
    public static string Render(DiffDocument diff)
    {
        var text = new StringBuilder();
        text.AppendLine(Verdict(diff.Verdict, diff.Findings, diff.Snapshots, isConfirmed: true));
        text.AppendLine();
        AppendSnapshots(text, diff.Snapshots);
        AppendFindings(text, diff.Findings, isRemembered: false);
        AppendTypes(text, diff.Types, "--format json has them all");
        return text.ToString().TrimEnd() + Environment.NewLine;
    }

    /// <summary>The verdict in a sentence or two.</summary>
    public static string Headline(CaptureReport report) => report.Outcome switch
    {
        CaptureOutcome.Completed => Verdict(report.Verdict, report.Findings, report.Snapshots, report.Confirmations is not null),
        _ => Invariant($"No verdict: {report.OutcomeReason ?? Token(report.Outcome)}."),
    };

    private static string Verdict(Verdict verdict, IReadOnlyList<Finding> findings, IReadOnlyList<SnapshotSummary> snapshots, bool isConfirmed)
    {
        if (verdict == Diff.Verdict.Inconclusive && findings.Count == 0)
        {
            return "Inconclusive: " + (snapshots.FirstOrDefault(snapshot => !snapshot.Complete) is { } partial
                ? $"the {Token(partial.Role)} snapshot is incomplete ({string.Join("; ", partial.Gaps ?? [])}), so nothing was compared."
                : "the evidence does not allow a verdict.");
        }

        return verdict switch
        {
            Diff.Verdict.ManagedLeak => Invariant($"Leak: {findings[0].Summary}."),
            Diff.Verdict.NativeGrowth => "Native growth: the process grew, and its managed heap did not. Look at unmanaged memory: native libraries, sockets, NativeMemory.",
            Diff.Verdict.Fragmentation => "Fragmentation: the collector's memory grew beyond what is live, although it collected. Look at pinned objects and large arrays that come and go.",
            Diff.Verdict.NoGcYet => "No collection yet: the growth is garbage that the collector had no reason to look at so far. This is no leak.",
            Diff.Verdict.Saturating => Invariant($"Saturating: {findings[0].Summary}, but the growth slowed down. A cache that fills looks like that; take another capture later to be sure."),
            Diff.Verdict.Inconclusive when isConfirmed => Invariant($"Inconclusive: {findings[0].Summary}, but not in every interval between the snapshots. A longer window tells more."),
            Diff.Verdict.Inconclusive => Invariant($"Inconclusive: {findings[0].Summary}, but nothing is left of what its lines allocated first. It may live for some seconds only: a longer window, or --confirm, tells more."),
            _ => "No leak seen: nothing in the live heap grew enough to name a holder.",
        };
    }

    private static void AppendSnapshots(StringBuilder text, IReadOnlyList<SnapshotSummary> snapshots)
    {
        if (snapshots.Count == 0)
        {
            return;
        }

        var table = new TextTable("Snapshot", "Time (UTC)", "Live objects:", "Live heap:", "Pause:", "Coverage:", "Complete");
        foreach (SnapshotSummary snapshot in snapshots)
        {
            table.Add(
                Token(snapshot.Role),
                Invariant($"{snapshot.TakenAt.UtcDateTime:HH:mm:ss}"),
                Invariant($"{snapshot.LiveObjects:N0}"),
                ByteSize.Format(snapshot.LiveBytes),
                snapshot.PauseMilliseconds is { } pause ? Invariant($"{pause:N0} ms") : "not seen",
                snapshot.Coverage is { } coverage ? Invariant($"{coverage:P1}") : "unknown",
                snapshot.Complete ? "yes" : "NO: " + string.Join("; ", snapshot.Gaps ?? []));
        }

        text.Append(table).AppendLine();
    }

    private static void AppendMemory(StringBuilder text, MemoryComparison memory)
    {
        if (memory is not { Baseline: { } before, Final: { } after })
        {
            return;
        }

        var table = new TextTable("Process memory", "Before:", "After:", "Change:");
        Add("proportional (PSS)", before.PssBytes, after.PssBytes);
        Add("private", before.PrivateBytes, after.PrivateBytes);
        Add("resident (RSS)", before.RssBytes, after.RssBytes);
        text.Append(table).AppendLine();
        table = new TextTable("PSS by category", "Before:", "After:", "Change:");
        foreach (string category in before.Categories.Keys.Union(after.Categories.Keys))
        {
            Add(MemoryCategory.NameOf(category), before.Categories.GetValueOrDefault(category), after.Categories.GetValueOrDefault(category));
        }

        text.Append(table).AppendLine();

        void Add(string name, long from, long to) =>
            table.Add(name, ByteSize.Format(from), ByteSize.Format(to), ByteSize.FormatDelta(to - from));
    }

    private static void AppendFindings(StringBuilder text, IReadOnlyList<Finding> findings, bool isRemembered)
    {
        foreach (Finding finding in findings)
        {
            text.AppendLine(Invariant(
                $"#{finding.Rank}  {ByteSize.FormatDelta(finding.RetainedBytesDelta)}  {finding.ShareOfGrowth:P0} of the growth  {finding.Type}  {Count(finding.ObjectsDelta)} objects  [{Token(finding.Origin)}]"));
            text.AppendLine(Invariant($"    held by  {finding.Holder}"));
            foreach (string step in finding.Path.Skip(finding.Holder == finding.Path[0] ? 1 : 0))
            {
                text.AppendLine(Invariant($"          -> {TypeName.Shorten(step)}"));
            }

            AppendSites(text, finding);
            if (finding.Verdict != Diff.Verdict.ManagedLeak)
            {
                text.AppendLine(finding.Verdict == Diff.Verdict.Saturating
                    ? "    it grew slower and slower: a cache that fills looks like that"
                    : "    it did not grow all through the window");
            }

            text.AppendLine(isRemembered ? Invariant($"    fingerprint {finding.Fingerprint}, {History(finding)}") : Invariant($"    fingerprint {finding.Fingerprint}")).AppendLine();
        }
    }

    /// <summary>Whether it is new, or since when it is known.</summary>
    public static string History(Finding finding) => (finding.Status, finding.KnownSince) switch
    {
        (FindingStatus.New, _) => "not reported here before",
        (FindingStatus.Regressed, { } since) => Invariant($"REGRESSED: first reported on {since:yyyy-MM-dd}, and gone in a version since"),
        (_, { } since) => Invariant($"known since {since:yyyy-MM-dd HH:mm}"),
        _ => Token(finding.Status),
    };

    private static void AppendSites(StringBuilder text, Finding finding)
    {
        foreach (AllocationSite site in finding.AllocationSites.Take(MostSites))
        {
            text.AppendLine(Invariant($"    allocated at  (about {ByteSize.Format(site.EstimatedBytes)}, ± {site.RelativeError:P0}, {site.Samples:N0} samples)"));
            int toOpen = site.Frames.ToList().FindIndex(frame => frame.Origin == TypeOrigin.Application);
            foreach ((int at, AllocationFrame frame) in site.Frames.Take(MostFrames).Index())
            {
                string source = frame.File is null ? "" : Invariant($"  {FileName(frame.File)}{(frame.Line is { } line ? Invariant($":{line}") : "")}");
                text.AppendLine(Invariant($"        {(at == toOpen ? ">" : " ")} {ShortFunction(frame.Function)}{source}"));
            }
        }

        if (finding.AllocationNote is { } note)
        {
            text.AppendLine(Invariant($"    allocations: {note}"));
        }
    }

    /// <summary>The type and the member: <c>Shop.Cart.AddAsync</c> is <c>Cart.AddAsync</c>. Dots in generic arguments part nothing.</summary>
    public static string ShortFunction(string function)
    {
        int depth = 0;
        int dots = 0;
        int at = function.Length - 1;
        for (; at >= 0; at--)
        {
            depth += function[at] == '>' ? 1 : function[at] == '<' ? -1 : 0;
            if (depth == 0 && function[at] == '.' && ++dots == 2)
            {
                break;
            }
        }

        string name = function[(at + 1)..];
        return name.Length <= MostFunction ? name : string.Concat(name.AsSpan(0, MostFunction - 3), "...");
    }

    /// <summary>Without its folders, of whichever system it was built on; report.json has them.</summary>
    private static string FileName(string path) => path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];

    private static void AppendTypes(StringBuilder text, IReadOnlyList<TypeGrowth> types, string whereAllAre)
    {
        if (types.Count == 0)
        {
            return;
        }

        var table = new TextTable("Type", "Objects before:", "Objects after:", "Change:", "Bytes:");
        foreach (TypeGrowth type in types.Take(MostTypes))
        {
            table.Add(
                ShortType(type.Name),
                Invariant($"{type.ObjectsBefore:N0}"),
                Invariant($"{type.ObjectsAfter:N0}"),
                Count(type.ObjectsDelta),
                ByteSize.FormatDelta(type.BytesDelta));
        }

        text.Append(table);
        if (types.Count > MostTypes)
        {
            text.AppendLine(Invariant($"... and {types.Count - MostTypes:N0} more types that changed; {whereAllAre}."));
        }

        text.AppendLine();
    }

    /// <summary>A name for a column of a table.</summary>
    public static string ShortType(string type)
    {
        const int most = 48;
        string name = TypeName.Shorten(type);
        return name.Length <= most ? name : string.Concat(name.AsSpan(0, most - 3), "...");
    }
}
