using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Agent;

/// <summary>Whom the agent tells how attempts ended: metrics and OTLP. Never throws.</summary>
internal interface ICaptureAudience
{
    /// <summary>The worker is about to be captured. Waits for nothing.</summary>
    void Started(CaptureOrder order, Worker worker, DateTimeOffset startedAt);

    /// <summary>What has to appear on disk together with the report, so that whoever finds it can send it; null where nothing is sent.</summary>
    UndeliveredMark? Mark(CaptureOrder order, Worker worker);

    /// <summary>There is a report, and it is on disk with its mark, or nowhere.</summary>
    void Completed(CaptureReport report, UndeliveredMark? mark, bool isOnDisk);

    /// <summary>There is none. The worker is null where it was gone.</summary>
    void Failed(CaptureOrder order, Worker? worker, CaptureResult result, DateTimeOffset startedAt);

    void Refused(CaptureOrder order, string reason);
}
