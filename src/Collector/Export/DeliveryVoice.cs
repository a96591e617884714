namespace HeapDrift.Collector.Export;

/// <summary>What a person hears of the delivery of reports, in sentences without a full stop.</summary>
/// <param name="Complain">Something is wrong.</param>
/// <param name="Tell">Something is right again.</param>
internal sealed record DeliveryVoice(Action<string> Complain, Action<string> Tell);
