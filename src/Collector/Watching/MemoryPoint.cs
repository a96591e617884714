namespace HeapDrift.Collector.Watching;

/// <summary>What a worker used at a moment.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Bytes">PSS with swap, or resident memory where that is not read.</param>
internal readonly record struct MemoryPoint(DateTimeOffset At, long Bytes);
