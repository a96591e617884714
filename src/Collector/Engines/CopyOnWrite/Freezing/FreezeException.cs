namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>The worker could not be frozen, and runs as before.</summary>
internal sealed class FreezeException(FreezeFailure failure, string message) : Exception(message)
{
    public FreezeFailure Failure => failure;
}

internal enum FreezeFailure
{
    NotPermitted,

    AlreadyTraced,

    /// <summary>A moment later it may work.</summary>
    Busy,

    Gone,

    /// <summary>It will not work for this worker.</summary>
    Refused,
}
