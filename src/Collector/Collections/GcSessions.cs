using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Collections;

/// <summary>Opens the agent's sessions; a signal that comes by one of them asks for a capture of its worker.</summary>
internal sealed class GcSessions(CaptureDesk desk, TimeProvider clock, ILogger<GcSessions> logger)
{
    private static readonly CaptureTrigger Signal = new() { Kind = TriggerKind.Signal };

    public GcSession Open(Worker worker) => new(worker, () => Answer(worker), clock, logger);

    private void Answer(Worker worker)
    {
        CaptureAnswer answer = desk.Request(worker, Signal);
        Log.SignalAnswered(logger, worker.Pid, worker.Name, answer.Message);
    }
}
