namespace HeapDrift.Profiling.Allocations;

/// <summary>An object whose allocation was sampled, where it lies now.</summary>
/// <param name="Address">Of the object; collections change it.</param>
/// <param name="MethodTable">The object must still have it where it is found again: something else may have taken its place.</param>
/// <param name="Bytes">Its own size.</param>
/// <param name="Probability">How likely it was to be sampled and kept, above 0 and up to 1. It stands for 1 / p objects.</param>
/// <param name="Stack">Who allocated it: a number of <see cref="StackTable"/>.</param>
/// <param name="At">When, in ticks of the worker's monotonic clock.</param>
internal readonly record struct SampledObject(ulong Address, ulong MethodTable, long Bytes, double Probability, int Stack, long At);
