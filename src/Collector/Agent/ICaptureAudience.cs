using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Agent;

/// <summary>Whom the agent tells how attempts ended: metrics and OTLP. Never throws.</summary>
internal interface ICaptureAudience
{
    /// <summary>There is a report, and it is on disk.</summary>
    void Completed(CaptureReport report, ReportFolder folder, Worker worker);

    /// <summary>There is none.</summary>
    void Failed(CaptureOrder order, CaptureResult result, DateTimeOffset startedAt);

    void Refused(CaptureOrder order, string reason);
}
