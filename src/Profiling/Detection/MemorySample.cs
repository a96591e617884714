namespace HeapDrift.Profiling.Detection;

/// <summary>One look at the memory of one process.</summary>
/// <param name="At">When.</param>
/// <param name="UsedBytes">Proportional or resident bytes, always the same of the two.</param>
/// <param name="LiveHeapBytes">What was left of the managed heap after its last full collection. Null where that is not known.</param>
internal readonly record struct MemorySample(DateTimeOffset At, long UsedBytes, long? LiveHeapBytes);
