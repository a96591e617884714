using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Export;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Agent;

/// <summary>
/// Carries out one order of the desk: chooses how much may be asked of the worker, captures, puts the report on disk and only then tells
/// the rest of the world.
/// </summary>
internal sealed class AgentCaptures(
    CaptureLimits limits, WorkerInventory inventory, ProcFileSystem proc, ICaptureAudience audience, TimeProvider clock, ILogger<AgentCaptures> logger) : ICaptureRunner
{
    private string? _shelfComplaint;

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong with one capture is its outcome: the desk goes on with the next.")]
    public async Task<CaptureResult> RunAsync(CaptureOrder order, ICaptureObserver observer, Task finish, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = clock.GetUtcNow();
        Worker? worker = null;
        try
        {
            Log.CaptureBegins(logger, order.CaptureId, order.Pid, order.WorkerName, Word(order.Trigger));
            worker = Find(order);
            ReportFolder folder = ReportFolder.Prepare(limits.OutputDirectory, order.CaptureId);
            audience.Started(order, worker, startedAt);
            Capture capture = Prepare(order, worker);
            CaptureReport report = await capture.RunAsync(observer, finish, cancellationToken);
            Keep(report, capture.Evidence, folder, audience.Mark(order, worker));
            ClearShelf();
            return Tell(report);
        }
        catch (SnapshotException failed)
        {
            return Fail(order, worker, new(failed.Outcome, null, failed.Message), startedAt);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return Fail(order, worker, new(CaptureOutcome.Failed, null, $"the report cannot be written to {limits.OutputDirectory}: {failed.Message}"), startedAt);
        }
        catch (Exception failed)
        {
            return Fail(order, worker, new(CaptureOutcome.Failed, null, $"{failed.GetType().Name}: {failed.Message}"), startedAt);
        }
    }

    public CaptureResult? Done(CaptureOrder order) =>
        ReportShelf.TryRead(limits.OutputDirectory, order.CaptureId) is { Outcome: not CaptureOutcome.Cancelled } report ? Tell(report) : null;

    public void Abandoned(CaptureOrder order, CaptureResult result)
    {
        ReportFolder.Discard(limits.OutputDirectory, order.CaptureId);
        Fail(order, null, result, order.RequestedAt);
    }

    public void Refused(CaptureOrder order, string reason)
    {
        Log.CaptureRefused(logger, order.Pid, order.WorkerName, Word(order.Trigger), reason);
        audience.Refused(order, reason);
    }

    private Capture Prepare(CaptureOrder order, Worker worker)
    {
        (CaptureEvidence evidence, string? reason) = new EvidenceLadder(proc).Choose(worker.Pid);
        var settings = new CaptureSettings
        {
            CaptureId = order.CaptureId,
            Pid = worker.Pid,
            Window = limits.Window,
            OutputDirectory = limits.OutputDirectory,
            Engine = limits.Engine,
            SymbolsDirectory = limits.SymbolsDirectory,
            Trigger = order.Trigger,
            IsDeclaredTracer = false,
            Evidence = evidence,
            EvidenceReason = reason,
        };
        return new Capture(settings, worker, inventory.Directory, proc, clock);
    }

    /// <summary>On disk first. What the disk does not take is sent from memory, where there is somebody to send it to.</summary>
    private void Keep(CaptureReport report, ReportEvidence evidence, ReportFolder folder, UndeliveredMark? mark)
    {
        bool isOnDisk = true;
        try
        {
            folder.Write(report, mark?.ToCompanion(), evidence);
        }
        catch (Exception failed) when (mark is not null && failed is (IOException or UnauthorizedAccessException))
        {
            isOnDisk = false;
            Log.Complain(logger, $"the report of capture {report.CaptureId} cannot be written to {limits.OutputDirectory}, it is only sent by OTLP: {failed.Message}");
        }

        audience.Completed(report, mark, isOnDisk);
    }

    private void ClearShelf()
    {
        string? complaint = ReportShelf.Clear(limits.OutputDirectory, limits.MostReports);
        if (complaint is not null && complaint != _shelfComplaint)
        {
            Log.Complain(logger, complaint);
        }

        _shelfComplaint = complaint;
    }

    /// <summary>The pid may belong to another process by now.</summary>
    private Worker Find(CaptureOrder order)
    {
        Worker worker = inventory.Get(order.Pid);
        return worker.StartTimeTicks == order.StartTimeTicks
            ? worker
            : throw new SnapshotException(CaptureOutcome.WorkerExited, $"process {order.Pid} ({order.WorkerName}) ended before its capture began");
    }

    private CaptureResult Tell(CaptureReport report)
    {
        string message = report.Findings is [{ } first, ..] ? first.Summary
            : report.OutcomeReason ?? "nothing in the live heap grew enough to name a holder";
        Log.CaptureEnded(logger, report.CaptureId, report.Worker.Pid, report.Worker.Name, report.Outcome, report.Findings.Count, message);
        return new(report.Outcome, report.Verdict, message);
    }

    private CaptureResult Fail(CaptureOrder order, Worker? worker, CaptureResult result, DateTimeOffset startedAt)
    {
        Log.CaptureFailed(logger, order.CaptureId, order.Pid, order.WorkerName, result.Outcome, result.Message);
        audience.Failed(order, worker, result, startedAt);
        return result;
    }

    private static string Word(CaptureTrigger trigger) => trigger.AlertName is { } alert
        ? string.Create(CultureInfo.InvariantCulture, $"alert {alert}")
        : trigger.Kind.ToString().ToLowerInvariant();
}
