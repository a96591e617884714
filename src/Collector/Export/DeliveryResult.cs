namespace HeapDrift.Collector.Export;

/// <summary>What became of the two signals of a report; null where the receiver has it, or was not to get it.</summary>
internal sealed record DeliveryResult(DeliveryFailure? Traces, DeliveryFailure? Logs)
{
    /// <summary>The one that another attempt may overcome, before the one that none will; null when everything was delivered.</summary>
    public DeliveryFailure? Failure => Traces is null || (Traces.IsFinal && Logs is not null) ? Logs : Traces;
}
