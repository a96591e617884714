using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Agent;

/// <summary>Metrics and OTLP of what became of attempts.</summary>
internal sealed class CaptureAudience(CaptureMeter meter) : ICaptureAudience
{
    public void Completed(CaptureReport report, ReportFolder folder, Worker worker) => meter.Completed(report);

    public void Failed(CaptureOrder order, CaptureResult result, DateTimeOffset startedAt)
    {
    }

    public void Refused(CaptureOrder order, string reason)
    {
    }
}
