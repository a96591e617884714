using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Admission;

/// <summary>A capture that was promised to somebody. Survives a restart of the agent until it is done.</summary>
internal sealed record CaptureOrder
{
    public required string CaptureId { get; init; }

    public required int Pid { get; init; }

    /// <summary>Tells the worker from a later process with the same pid.</summary>
    public required long StartTimeTicks { get; init; }

    public required string WorkerName { get; init; }

    public required CaptureTrigger Trigger { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>How often the agent ended before the capture did. One that ends the agent must not be tried for ever.</summary>
    public int Interruptions { get; init; }

    /// <summary>Nobody asked for it in person: cooldown and budget apply, and it is taken up again after a restart.</summary>
    public bool IsAutomatic => Trigger.Kind is TriggerKind.Alert or TriggerKind.Detector;
}
