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
        var baseline = new Argument<string>("BASELINE") { Description = "The earlier snapshot file.", Validators = { CommonOptions.RequirePath } };
        var final = new Argument<string>("FINAL") { Description = "The later snapshot file.", Validators = { CommonOptions.RequirePath } };
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

        HeapDiff diff = HeapDiff.Compare(baseline.Snapshot, final.Snapshot);
        var document = new DiffDocument
        {
            Verdict = diff.Verdict,
            Snapshots = [SnapshotDocuments.Summarize(baseline.Snapshot, SnapshotRole.Baseline), SnapshotDocuments.Summarize(final.Snapshot, SnapshotRole.Final)],
            Findings = diff.Findings,
            Types = diff.Types,
        };
        Warn(terminal, baseline, final);
        bool isPrinted = terminal.TryPrint(wantsJson
            ? JsonSerializer.Serialize(document, CaptureJson.Readable.DiffDocument) + "\n"
            : ReportText.Render(document));
        return !isPrinted ? ExitStatus.Failed : baseline.Snapshot.IsComplete && final.Snapshot.IsComplete ? ExitStatus.Done : ExitStatus.Incomplete;
    }

    /// <summary>What may be meant, and what a difference means then.</summary>
    private static void Warn(Terminal terminal, SnapshotOfFile baseline, SnapshotOfFile final)
    {
        if (baseline.Snapshot.TakenAt > final.Snapshot.TakenAt)
        {
            terminal.Complain($"warning: {baseline.File} was taken after {final.File}; growth and shrinkage are swapped");
        }

        if (baseline.Snapshot.Engine != final.Snapshot.Engine)
        {
            terminal.Complain(
                $"warning: {baseline.File} was taken with {baseline.Snapshot.Engine} and {final.File} with {final.Snapshot.Engine}; each sees some objects that the other does not, which looks like growth");
        }

        if (baseline.Worker is { } one && final.Worker is { } other && (one.Pid, one.Name) != (other.Pid, other.Name))
        {
            terminal.Complain(
                $"warning: {baseline.File} is of process {one.Pid} ({one.Name}) and {final.File} of process {other.Pid} ({other.Name}); what differs between the two is no growth");
        }
    }

    private static SnapshotOfFile? TryRead(Terminal terminal, string file)
    {
        try
        {
            if (Directory.Exists(file))
            {
                throw new IOException("it is a folder");
            }

            using FileStream stream = File.OpenRead(file);
            return JsonSerializer.Deserialize(stream, CaptureJson.Compact.SnapshotDocument) is { } document
                ? new(file, SnapshotDocuments.FromDocument(document), document.Worker)
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

    private sealed record SnapshotOfFile(string File, HeapSnapshot Snapshot, WorkerIdentity? Worker);
}
