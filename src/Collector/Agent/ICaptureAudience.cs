using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Agent;

/// <summary>Whom the agent tells how attempts ended: metrics and OTLP. Never throws.</summary>
internal interface ICaptureAudience
{
    /// <summary>What has to appear on disk together with the report, so that whoever finds it can send it; null where nothing is sent.</summary>
    UndeliveredMark? Mark(Worker worker);

    /// <summary>There is a report, and it is on disk with its mark.</summary>
    void Completed(CaptureReport report, ReportFolder folder, UndeliveredMark? mark);

    /// <summary>There is none.</summary>
    void Failed(CaptureOrder order, CaptureResult result, DateTimeOffset startedAt);

    void Refused(CaptureOrder order, string reason);
}
