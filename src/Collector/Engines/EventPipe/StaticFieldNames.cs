using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>
/// Finds the class of each static field. The runtime's event names the field and the object but not the class; it walks modules in
/// load order, their types and fields in metadata order (dotnet/runtime, BulkStaticsLogger::LogAllStatics), and skips what is null or
/// not initialised. So the reported fields are a subsequence of all static fields of the loaded modules, and the class of each is found
/// by the best alignment of the two: same names in the same order, as many as possible with the object's own type as the field's type.
/// O(c log n) for c candidates of the same name and n declared fields.
/// </summary>
internal static class StaticFieldNames
{
    /// <summary>An object whose type is written as the field's: certain in practice.</summary>
    private const long ExactType = 1000;

    /// <summary>Another type: the object may derive from the field's type.</summary>
    private const long OtherType = 1;

    /// <summary>The full name of each field, in the same order, and whose it is; the bare name where no declaration fits.</summary>
    public static IReadOnlyList<(string Name, TypeOrigin? Origin)> Resolve(
        IReadOnlyList<StaticField> reported, IReadOnlyList<StaticFieldDeclaration> declared, Func<ulong, string> nameOfType)
    {
        ILookup<string, int> byName = Enumerable.Range(0, declared.Count).ToLookup(at => declared[at].Field, StringComparer.Ordinal);
        int?[] aligned = Align(reported, byName, declared, nameOfType);
        return [.. reported.Select((field, at) => Name(field, aligned[at] is { } position ? declared[position] : null))];
    }

    private static (string Name, TypeOrigin? Origin) Name(StaticField field, StaticFieldDeclaration? declared) =>
        (RootNames.OfField(declared?.Class, field.Name, field.IsThreadStatic), declared?.Origin);

    /// <summary>The heaviest increasing assignment of declarations to reported fields (weighted longest increasing subsequence).</summary>
    private static int?[] Align(
        IReadOnlyList<StaticField> reported, ILookup<string, int> byName, IReadOnlyList<StaticFieldDeclaration> declared, Func<ulong, string> nameOfType)
    {
        var chains = new List<Link>();
        var best = new PrefixMaximum(declared.Count);
        for (int at = 0; at < reported.Count; at++)
        {
            string objectType = nameOfType(reported[at].ObjectType);

            // All candidates of one field are looked up before any is entered: a field takes one declaration only.
            List<Link> links =
            [
                .. byName[reported[at].Name].Select(position =>
                {
                    (long weight, int chain) = best.Before(position);
                    return new Link(at, position, chain, weight + (declared[position].FieldType == objectType ? ExactType : OtherType));
                }),
            ];
            foreach (Link link in links)
            {
                chains.Add(link);
                best.Enter(link.Position, link.Weight, chains.Count - 1);
            }
        }

        var aligned = new int?[reported.Count];
        for (int chain = best.Before(declared.Count).Chain; chain >= 0; chain = chains[chain].Previous)
        {
            aligned[chains[chain].Reported] = chains[chain].Position;
        }

        return aligned;
    }

    private readonly record struct Link(int Reported, int Position, int Previous, long Weight);

    /// <summary>A Fenwick tree of maxima: the heaviest chain that ends before a position.</summary>
    private sealed class PrefixMaximum(int length)
    {
        private readonly (long Weight, int Chain)[] _tree = [.. Enumerable.Repeat((0L, -1), length + 1)];

        public (long Weight, int Chain) Before(int position)
        {
            (long Weight, int Chain) best = (0, -1);
            for (int at = position; at > 0; at -= at & -at)
            {
                best = _tree[at].Weight > best.Weight ? _tree[at] : best;
            }

            return best;
        }

        public void Enter(int position, long weight, int chain)
        {
            for (int at = position + 1; at < _tree.Length; at += at & -at)
            {
                _tree[at] = weight > _tree[at].Weight ? (weight, chain) : _tree[at];
            }
        }
    }
}

/// <summary>A static field as its assembly's metadata declares it.</summary>
/// <param name="Class">Full name of the class.</param>
/// <param name="Field">Name of the field.</param>
/// <param name="FieldType">Written like the type names of a snapshot (<see cref="TypeName"/>).</param>
internal readonly record struct StaticFieldDeclaration(string Class, string Field, string FieldType)
{
    /// <summary>Whose the assembly is; null where that is not known.</summary>
    public TypeOrigin? Origin { get; init; }
}
