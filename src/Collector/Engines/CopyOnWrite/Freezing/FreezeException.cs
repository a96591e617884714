namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>A process that could not be frozen, with a sentence for the operator. It runs on as before.</summary>
internal sealed class FreezeException(FreezeFailure failure, string message, Exception? cause = null) : Exception(message, cause)
{
    public FreezeFailure Failure => failure;
}
