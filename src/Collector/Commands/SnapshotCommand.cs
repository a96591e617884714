using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Commands;

/// <summary><c>heapdrift snapshot</c>: one look at a worker's live heap, to read or to keep for <c>heapdrift diff</c>.</summary>
internal static class SnapshotCommand
{
    private const int MostTypes = 25;

    public static Command Create(Terminal terminal)
    {
        Option<int> pid = CommonOptions.Pid();
        Option<string> engine = CommonOptions.Engine();
        Option<string> format = CommonOptions.Format();
        var output = new Option<string?>("--output") { Description = "Keep the snapshot in this file, for `heapdrift diff`.", HelpName = "FILE", Validators = { CommonOptions.RequirePath } };
        var command = new Command("snapshot", "Take one snapshot of a worker's live heap: every type with its objects and bytes.")
        {
            pid, engine, output, format,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            terminal, parsed.GetValue(pid), parsed.GetRequiredValue(engine), parsed.GetValue(output), parsed.WantsJson(format), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, int pid, string engine, string? output, bool wantsJson, CancellationToken cancellationToken)
    {
        try
        {
            OomScore.VolunteerAsVictim();
            var proc = new ProcFileSystem();
            var directory = new WorkerDirectory(proc);
            Worker worker = directory.Get(pid);
            using SnapshotFile? file = output is null ? null : TryPrepare(terminal, output);
            if (output is not null && file is null)
            {
                return ExitStatus.Failed;
            }

            HeapSnapshot snapshot = await SnapshotProgress.ShowAsync(
                terminal,
                progress => EngineChoice.Create(engine, proc, TimeProvider.System, terminal.Complain).TakeAsync(SnapshotTargets.Of(worker, directory, proc), progress, cancellationToken));
            string json = JsonSerializer.Serialize(SnapshotDocuments.ToDocument(snapshot) with { Worker = worker.Identity }, CaptureJson.Compact.SnapshotDocument);
            bool isKept = file is null || TryKeep(terminal, file, json, output!);
            bool isPrinted = terminal.TryPrint(wantsJson ? json + "\n" : Render(worker, snapshot));
            if (!snapshot.IsComplete)
            {
                terminal.Complain($"the snapshot is incomplete: {string.Join("; ", snapshot.Gaps)}");
            }

            return !isKept || !isPrinted ? ExitStatus.Failed : snapshot.IsComplete ? ExitStatus.Done : ExitStatus.Incomplete;
        }
        catch (SnapshotException failed)
        {
            terminal.Complain(failed.Message);
            return ExitStatus.Of(failed.Outcome);
        }
        catch (OperationCanceledException)
        {
            terminal.Complain("cancelled; the worker goes on as before");
            return ExitStatus.Failed;
        }
    }

    private static SnapshotFile? TryPrepare(Terminal terminal, string output)
    {
        try
        {
            return SnapshotFile.Prepare(output);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            terminal.Complain($"the snapshot cannot be written to {output}: {failed.Message.TrimEnd('.')}. Choose another file with --output; the worker was not touched.");
            return null;
        }
    }

    private static bool TryKeep(Terminal terminal, SnapshotFile file, string json, string output)
    {
        try
        {
            file.Write(json);
            return true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            terminal.Complain($"the snapshot could not be written to {output}: {failed.Message.TrimEnd('.')}. Choose another file with --output.");
            return false;
        }
    }

    private static string Render(Worker worker, HeapSnapshot snapshot)
    {
        var table = new TextTable("Type", "Objects:", "Bytes:", "Module");
        foreach (TypeUsage type in snapshot.Types.Take(MostTypes))
        {
            table.Add(ReportText.ShortType(type.Name), type.Objects.ToString("N0", CultureInfo.InvariantCulture), ByteSize.Format(type.Bytes), type.Module ?? "-");
        }

        string rest = snapshot.Types.Count > MostTypes ? $"... and {snapshot.Types.Count - MostTypes:N0} more types; --format json has them all.\n" : "";
        string coverage = snapshot.Coverage is { } share ? string.Create(CultureInfo.InvariantCulture, $", {share:P1} of what the runtime counts") : "";
        string pause = snapshot.Pause is { } stood ? string.Create(CultureInfo.InvariantCulture, $"the worker paused for {stood.TotalMilliseconds:N0} ms") : "the pause was not seen";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{worker.Name}, process {worker.Pid}: {snapshot.LiveObjects:N0} live objects, {ByteSize.Format(snapshot.LiveBytes)}{coverage}; {pause}\n\n{table}{rest}");
    }
}
