using System.Globalization;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;
using Names = HeapDrift.Instrumentation.TelemetryNames.Attributes;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>The event of the detector.</summary>
internal static class LeakEvent
{
    // Beside the events of captures, 100 to 109.
    private static readonly EventId SuspectedId = new(110, TelemetryNames.Events.LeakSuspected);

    public static TelemetryEvent Suspected(WorkerIdentity worker, LeakAssessment assessment) => new(
        SuspectedId,
        string.Create(CultureInfo.InvariantCulture, $"{worker.Name} (process {worker.Pid}) seems to leak: {assessment.Reason}"),
        [
            new(Names.ProcessPid, worker.Pid),
            new(Names.LeakReason, assessment.Reason),
            new(Names.LeakGrowth, assessment.GrowthBytesPerSecond),
            new(Names.LeakTimeToLimit, assessment.TimeToLimit?.TotalSeconds),
        ]);
}
