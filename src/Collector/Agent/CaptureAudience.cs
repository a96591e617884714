using System.Diagnostics;
using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Instrumentation;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Agent;

/// <summary>Metrics and OTLP of what became of attempts. The point of a metric names the trace of its capture.</summary>
internal sealed class CaptureAudience(CaptureMeter meter, DeliveryBacklog backlog, TimeProvider clock) : ICaptureAudience
{
    public void Started(CaptureOrder order, Worker worker, DateTimeOffset startedAt) => backlog.Announce(
        new(order.CaptureId, OtlpExport.ResourceOf(worker), CaptureEvents.Started(order.Trigger, worker.Identity, startedAt, order.CaptureId), LogLevel.Information) { IsOfStart = true });

    public UndeliveredMark? Mark(CaptureOrder order, Worker worker) => backlog.Mark(order.CaptureId, worker);

    public void Completed(CaptureReport report, UndeliveredMark? mark, bool isOnDisk)
    {
        if (mark is null)
        {
            meter.Completed(report);
            return;
        }

        if (isOnDisk)
        {
            backlog.Add(report.CaptureId);
        }
        else
        {
            backlog.Hold(report, mark);
        }

        CaptureTraceId.Measure(ActivityTraceId.CreateFromString(mark.TraceId), () => meter.Completed(report));
    }

    public void Failed(CaptureOrder order, Worker? worker, CaptureResult result, DateTimeOffset startedAt)
    {
        DateTimeOffset now = clock.GetUtcNow();
        meter.Failed(order.Trigger.Kind, result.Outcome, now - startedAt);
        backlog.Forget(order.CaptureId);
        WorkerIdentity identity = worker?.Identity ?? new() { Pid = order.Pid, Name = order.WorkerName };
        TelemetryEvent failed = CaptureEvents.Failed(
            (order.Trigger, identity), result.Message, CaptureAttributes.OfFailure(order.CaptureId, result.Outcome, startedAt, now), result.Outcome);
        backlog.Announce(new(order.CaptureId, worker is null ? ResourceOf(order) : OtlpExport.ResourceOf(worker), failed, LevelOf(result)));
    }

    public void Refused(CaptureOrder order, string reason) => meter.Refused(order.Trigger.Kind);

    private static LogLevel LevelOf(CaptureResult result) => CaptureAttributes.IsError(result.Outcome) ? LogLevel.Error : LogLevel.Information;

    /// <summary>All that is left of a worker that is gone.</summary>
    private static Dictionary<string, object> ResourceOf(CaptureOrder order) => new()
    {
        [TelemetryNames.Attributes.ServiceName] = order.WorkerName,
        [TelemetryNames.Attributes.ProcessPid] = (long)order.Pid,
    };
}
