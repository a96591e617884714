namespace HeapDrift.Collector.Discovery;

/// <summary>What a worker has from its leader.</summary>
/// <param name="LeaderPid">Null where it has none.</param>
/// <param name="InheritsInstanceId">The leader's environment has the same <c>service.instance.id</c>.</param>
internal readonly record struct Lineage(int? LeaderPid, bool InheritsInstanceId);
