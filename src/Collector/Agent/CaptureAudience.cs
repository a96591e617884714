using System.Diagnostics;
using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Agent;

/// <summary>Metrics and OTLP of what became of attempts. The point of a metric names the trace of its capture.</summary>
internal sealed class CaptureAudience(CaptureMeter meter, DeliveryBacklog backlog, TimeProvider clock) : ICaptureAudience
{
    public UndeliveredMark? Mark(Worker worker) => backlog.Mark(worker);

    public void Completed(CaptureReport report, ReportFolder folder, UndeliveredMark? mark)
    {
        if (mark is null)
        {
            meter.Completed(report);
            return;
        }

        backlog.Add(folder);
        CaptureTraceId.Measure(ActivityTraceId.CreateFromString(mark.TraceId), () => meter.Completed(report));
    }

    public void Failed(CaptureOrder order, CaptureResult result, DateTimeOffset startedAt) =>
        meter.Failed(order.Trigger.Kind, result.Outcome, clock.GetUtcNow() - startedAt);

    public void Refused(CaptureOrder order, string reason) => meter.Refused(order.Trigger.Kind);
}
