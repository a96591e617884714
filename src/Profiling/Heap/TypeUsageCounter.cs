namespace HeapDrift.Profiling.Heap;

/// <summary>Counts a graph's objects by type: one pass, 16 bytes a type.</summary>
internal static class TypeUsageCounter
{
    /// <summary>Types with at least one object, the most bytes first. Types of equal name and module (loaded twice) are one.</summary>
    public static IReadOnlyList<TypeUsage> Count(ObjectGraph graph, IReadOnlyList<PathStep> types)
    {
        var objects = new long[types.Count];
        var bytes = new long[types.Count];
        for (int node = 0; node < graph.Objects; node++)
        {
            int type = graph.TypeOf(node);
            objects[type]++;
            bytes[type] += graph.BytesOf(node);
        }

        return
        [
            .. Enumerable.Range(0, types.Count)
                .GroupBy(type => (types[type].Name, types[type].Module))
                .Select(same => new TypeUsage
                {
                    Name = same.Key.Name,
                    Module = same.Key.Module,
                    Objects = same.Sum(type => objects[type]),
                    Bytes = same.Sum(type => bytes[type]),
                })
                .Where(usage => usage.Objects != 0)
                .OrderByDescending(usage => usage.Bytes)
                .ThenBy(usage => usage.Name, StringComparer.Ordinal)
                .ThenBy(usage => usage.Module, StringComparer.Ordinal),
        ];
    }
}
