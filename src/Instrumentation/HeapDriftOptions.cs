namespace HeapDrift.Instrumentation;

/// <summary>Settings of the in-process package, bound from the configuration section <c>HeapDrift</c>.</summary>
public sealed class HeapDriftOptions
{
}
