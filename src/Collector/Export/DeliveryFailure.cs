namespace HeapDrift.Collector.Export;

/// <summary>Why something did not reach the receiver.</summary>
/// <param name="Message">In words, without a full stop.</param>
/// <param name="Kind">What may help.</param>
internal sealed record DeliveryFailure(string Message, DeliveryFailureKind Kind)
{
    /// <summary>The receiver will not take it later either: it objects to what is sent, not to when or by whom.</summary>
    public bool IsFinal => Kind == DeliveryFailureKind.Refused;

    /// <summary>How long the receiver wants to be left alone; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
