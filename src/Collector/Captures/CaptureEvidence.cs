namespace HeapDrift.Collector.Captures;

/// <summary>How much a capture asks of a worker and its machine, the most first.</summary>
internal enum CaptureEvidence
{
    /// <summary>Two snapshots with the paths to what holds the objects.</summary>
    Full,

    /// <summary>Two counts of the types, without the paths: takes no memory to speak of, and a collection in the worker.</summary>
    Types,

    /// <summary>What the kernel says of the worker's memory. Nothing is asked of the worker.</summary>
    Metrics,
}
