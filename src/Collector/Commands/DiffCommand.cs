using System.CommandLine;
using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Commands;

/// <summary><c>heapdrift diff</c>: compares two snapshots that <c>heapdrift snapshot --output</c> kept.</summary>
internal static class DiffCommand
{
    public static Command Create(Terminal terminal)
    {
        var baseline = new Argument<string>("BASELINE") { Description = "The earlier snapshot file." };
        var final = new Argument<string>("FINAL") { Description = "The later snapshot file." };
        Option<string> format = CommonOptions.Format();
        var command = new Command("diff", "Compare two snapshot files and say what grew and who holds it.") { baseline, final, format };
        command.SetAction(parsed => Run(
            terminal, parsed.GetRequiredValue(baseline), parsed.GetRequiredValue(final), parsed.WantsJson(format)));
        return command;
    }

    private static int Run(Terminal terminal, string baselineFile, string finalFile, bool wantsJson)
    {
        if (TryRead(terminal, baselineFile) is not { } baseline || TryRead(terminal, finalFile) is not { } final)
        {
            return ExitStatus.Failed;
        }

        HeapDiff diff = HeapDiff.Compare(baseline, final);
        var document = new DiffDocument
        {
            Verdict = diff.Verdict,
            Snapshots = [SnapshotDocuments.Summarize(baseline, SnapshotRole.Baseline), SnapshotDocuments.Summarize(final, SnapshotRole.Final)],
            Findings = diff.Findings,
            Types = diff.Types,
        };
        if (baseline.TakenAt > final.TakenAt)
        {
            terminal.Complain($"warning: {baselineFile} was taken after {finalFile}; growth and shrinkage are swapped");
        }

        terminal.Out.Write(wantsJson
            ? JsonSerializer.Serialize(document, CaptureJson.Readable.DiffDocument) + "\n"
            : ReportText.Render(document));
        return baseline.IsComplete && final.IsComplete ? ExitStatus.Done : ExitStatus.Incomplete;
    }

    private static HeapSnapshot? TryRead(Terminal terminal, string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            return JsonSerializer.Deserialize(stream, CaptureJson.Compact.SnapshotDocument) is { } document
                ? SnapshotDocuments.FromDocument(document)
                : throw new InvalidDataException("it is empty");
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidDataException)
        {
            terminal.Complain($"{file} is not a snapshot that `heapdrift snapshot --output` wrote: {unreadable.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            terminal.Complain($"{file} cannot be read: {unreadable.Message}");
        }

        return null;
    }
}
