namespace HeapDrift.Collector.Export;

/// <summary>What may help.</summary>
internal enum DeliveryFailureKind
{
    /// <summary>Later, perhaps; it may be this report's fault or the receiver's.</summary>
    NotTaken,

    /// <summary>There is nobody who answers in time: the next report would not do better.</summary>
    Unreachable,

    /// <summary>Never.</summary>
    Refused,
}
