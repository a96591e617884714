namespace HeapDrift.Collector.Export;

/// <summary>Why a report did not reach the receiver.</summary>
/// <param name="Message">In words, without a full stop.</param>
/// <param name="IsFinal">The receiver will not take it later either: it objects to what is sent, not to when or by whom.</param>
internal sealed record DeliveryFailure(string Message, bool IsFinal);
