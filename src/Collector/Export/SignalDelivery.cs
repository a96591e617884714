namespace HeapDrift.Collector.Export;

/// <summary>How far one signal of a report has come.</summary>
internal enum SignalDelivery
{
    Waiting,
    Delivered,

    /// <summary>For good.</summary>
    Refused,

    /// <summary>There is no endpoint for it.</summary>
    Nowhere,
}
