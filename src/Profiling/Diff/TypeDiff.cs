using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>Compares two snapshots type by type.</summary>
internal static class TypeDiff
{
    /// <summary>Types whose count or bytes changed, the largest growth of bytes first. Equal snapshots give none; swapped ones negate.</summary>
    public static IReadOnlyList<TypeGrowth> Compare(IEnumerable<TypeUsage> baseline, IEnumerable<TypeUsage> final)
    {
        Dictionary<(string, string?), TypeUsage> before = Index(baseline);
        Dictionary<(string, string?), TypeUsage> after = Index(final);
        return
        [
            .. before.Keys.Union(after.Keys)
                .Select(key => Growth(key, before.GetValueOrDefault(key), after.GetValueOrDefault(key)))
                .Where(growth => growth.ObjectsDelta != 0 || growth.BytesDelta != 0)
                .OrderByDescending(growth => growth.BytesDelta)
                .ThenByDescending(growth => growth.ObjectsDelta)
                .ThenBy(growth => growth.Name, StringComparer.Ordinal),
        ];
    }

    private static Dictionary<(string, string?), TypeUsage> Index(IEnumerable<TypeUsage> types) => types
        .GroupBy(type => (type.Name, type.Module))
        .ToDictionary(same => same.Key, same => same.Aggregate((sum, next) => sum with
        {
            Objects = sum.Objects + next.Objects,
            Bytes = sum.Bytes + next.Bytes,
        }));

    private static TypeGrowth Growth((string Name, string? Module) type, TypeUsage? before, TypeUsage? after) => new()
    {
        Name = type.Name,
        Module = type.Module,
        ObjectsBefore = before?.Objects ?? 0,
        ObjectsAfter = after?.Objects ?? 0,
        BytesBefore = before?.Bytes ?? 0,
        BytesAfter = after?.Bytes ?? 0,
    };
}
