using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Export;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Commands;

/// <summary><c>heapdrift capture</c>: two snapshots of one worker, and what grew between them.</summary>
internal static class CaptureCommand
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromSeconds(30);

    public static Command Create(Terminal terminal)
    {
        Option<int> pid = CommonOptions.Pid();
        Option<TimeSpan?> window = CommonOptions.Window("How long to wait between the two snapshots, 30s unless set. Longer shows slower leaks.");
        Option<string> engine = CommonOptions.Engine();
        Option<string> format = CommonOptions.Format();
        Option<string> output = CommonOptions.OutputDirectory();
        Option<int?> confirm = CommonOptions.Confirm();
        Option<string?> symbols = CommonOptions.Symbols();
        Option<TriggerKind> trigger = CommonOptions.Trigger();
        var supervised = new Option<bool>("--supervised")
        {
            Description = "For programs: progress as JSON lines on standard error; `finish` on standard input ends the window, end of input cancels.",
            Hidden = true,
        };
        var declaredTracer = new Option<bool>("--declared-tracer")
        {
            Description = "For programs: the worker has named this process its tracer (PR_SET_PTRACER).",
            Hidden = true,
        };
        var command = new Command("capture", "Take two snapshots of a worker and report what grew, who holds it and by how much.")
        {
            pid, window, engine, confirm, symbols, output, format, trigger, supervised, declaredTracer,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            terminal,
            new CaptureRequest
            {
                Settings = new CaptureSettings
                {
                    Pid = parsed.GetValue(pid),
                    Window = parsed.GetValue(window) ?? DefaultWindow,
                    OutputDirectory = parsed.GetRequiredValue(output),
                    Engine = parsed.GetRequiredValue(engine),
                    Trigger = new CaptureTrigger { Kind = parsed.GetValue(trigger) },
                    Confirmations = parsed.GetValue(confirm),
                    SymbolsDirectory = parsed.GetValue(symbols),
                    IsDeclaredTracer = parsed.GetValue(declaredTracer),
                },
                WantsJson = parsed.WantsJson(format),
                IsSupervised = parsed.GetValue(supervised),
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CaptureRequest request, CancellationToken cancellationToken)
    {
        try
        {
            OomScore.VolunteerAsVictim();
            var proc = new ProcFileSystem();
            var directory = new WorkerDirectory(proc);
            Worker worker = directory.Get(request.Settings.Pid);
            var capture = new Capture(request.Settings, worker, directory, proc, TimeProvider.System);
            if (TryPrepare(terminal, request.Settings.OutputDirectory, capture.Id) is not { } folder)
            {
                return ExitStatus.Failed;
            }

            using var export = OtlpExport.TryCreate(worker, terminal.Complain);
            export?.Begin(request.Settings.Trigger, worker.Identity, TimeProvider.System.GetUtcNow());
            CaptureReport report = await RunAsync(terminal, request, capture, cancellationToken);
            bool isOnDisk = TryWrite(terminal, report, capture.Evidence, folder);
            return await DeliverAsync(terminal, request, report, isOnDisk ? folder : null, export);
        }
        catch (SnapshotException failed)
        {
            terminal.Complain(failed.Message);
            return ExitStatus.Of(failed.Outcome);
        }
    }

    private static async Task<CaptureReport> RunAsync(
        Terminal terminal, CaptureRequest request, Capture capture, CancellationToken cancellationToken)
    {
        // The signal that operators send to workers may reach the tool too (kill to a process group, pkill): it must not end it.
        // A supervised capture leaves the meaning to its supervisor; otherwise it is a way to end the window early.
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var usr2 = PosixSignalRegistration.Create((PosixSignal)ProcessSignal.SigUsr2, signal =>
        {
            signal.Cancel = true;
            finish.TrySetResult();
        });
        return request.IsSupervised
            ? await SupervisedFeedback.RunAsync(terminal, capture, cancellationToken)
            : await CaptureFeedback.RunAsync(terminal, capture, request.Settings, finish.Task, cancellationToken);
    }

    private static ReportFolder? TryPrepare(Terminal terminal, string outputDirectory, string captureId)
    {
        try
        {
            return ReportFolder.Prepare(outputDirectory, captureId);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            terminal.Complain($"reports cannot be written to {outputDirectory}: {failed.Message} Choose another folder with --output; the worker was not touched.");
            return null;
        }
    }

    /// <summary>The disk came first; then the person or the script, then OTLP: what comes later may fail, what came before is kept.</summary>
    /// <remarks><paramref name="written"/> is null where the disk did not take the report.</remarks>
    private static async Task<int> DeliverAsync(
        Terminal terminal, CaptureRequest request, CaptureReport report, ReportFolder? written, OtlpExport? export)
    {
        bool isPrinted = terminal.TryPrint(request.WantsJson
            ? JsonSerializer.Serialize(report, CaptureJson.Readable.CaptureReport) + "\n"
            : ReportText.Render(report));
        if (written is not null && !request.IsSupervised)
        {
            await terminal.Error.WriteLineAsync($"Report: {Path.Join(written.Path, ReportFolder.HtmlFile)}");
        }

        if (export is not null && (await export.CompleteAsync(report, written?.Path)).Failure is { } undelivered)
        {
            string kept = written is null ? "" : $" The report is kept in {written.Path}.";
            terminal.Complain($"OTLP: not delivered, {undelivered.Message}.{kept}");
        }

        if (report.Outcome != CaptureOutcome.Completed)
        {
            terminal.Complain(report.OutcomeReason ?? "the capture did not complete");
        }

        return written is null || !isPrinted ? ExitStatus.Failed : ExitStatus.Of(report.Outcome);
    }

    private static bool TryWrite(Terminal terminal, CaptureReport report, ReportEvidence evidence, ReportFolder folder)
    {
        try
        {
            folder.Write(report, evidence: evidence);
            return true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            terminal.Complain($"the report could not be written to {folder.Path}: {failed.Message} It is on standard output only; choose another folder with --output.");
            return false;
        }
    }
}

/// <summary>The command line of one <c>heapdrift capture</c>.</summary>
internal sealed record CaptureRequest
{
    public required CaptureSettings Settings { get; init; }

    public required bool WantsJson { get; init; }

    public required bool IsSupervised { get; init; }
}
