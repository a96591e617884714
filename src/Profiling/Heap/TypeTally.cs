using System.Runtime.InteropServices;

namespace HeapDrift.Profiling.Heap;

/// <summary>Objects and bytes by type: 16 bytes a type, whatever the number of objects. For one thread.</summary>
internal sealed class TypeTally
{
    private readonly List<(long Objects, long Bytes)> _types = [];

    public long Objects { get; private set; }

    public static TypeTally Of(ObjectGraph graph)
    {
        var tally = new TypeTally();
        for (int node = 0; node < graph.Objects; node++)
        {
            tally.Add(graph.TypeOf(node), graph.BytesOf(node));
        }

        return tally;
    }

    /// <param name="type">The number that the caller gave its type, counted from 0.</param>
    /// <param name="bytes">The object's own size.</param>
    public void Add(int type, long bytes)
    {
        while (type >= _types.Count)
        {
            _types.Add(default);
        }

        ref (long Objects, long Bytes) counted = ref CollectionsMarshal.AsSpan(_types)[type];
        counted.Objects++;
        counted.Bytes += bytes;
        Objects++;
    }

    /// <summary>Types with at least one object, the most bytes first. Types of equal name and module (loaded twice) are one.</summary>
    public IReadOnlyList<TypeUsage> ToUsage(IReadOnlyList<PathStep> types) =>
    [
        .. _types
            .Select((counted, type) => (Step: types[type], counted.Objects, counted.Bytes))
            .GroupBy(counted => (counted.Step.Name, counted.Step.Module))
            .Select(same => new TypeUsage
            {
                Name = same.Key.Name,
                Module = same.Key.Module,
                Objects = same.Sum(counted => counted.Objects),
                Bytes = same.Sum(counted => counted.Bytes),
            })
            .Where(usage => usage.Objects != 0)
            .OrderByDescending(usage => usage.Bytes)
            .ThenBy(usage => usage.Name, StringComparer.Ordinal)
            .ThenBy(usage => usage.Module, StringComparer.Ordinal),
    ];
}
