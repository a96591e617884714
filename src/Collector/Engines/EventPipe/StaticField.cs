namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>A static field as the runtime reports it: the field's name without its class, and the object that it refers to now.</summary>
/// <param name="Name">For example <c>Sessions</c>.</param>
/// <param name="ObjectType">Type id of the object, which may derive from the field's type.</param>
/// <param name="Address">The object.</param>
/// <param name="IsThreadStatic">One field per thread.</param>
internal readonly record struct StaticField(string Name, ulong ObjectType, ulong Address, bool IsThreadStatic);
