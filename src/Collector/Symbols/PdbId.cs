using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace HeapDrift.Collector.Symbols;

/// <summary>What a module and the portable PDB of the same build have in common, and no other build has.</summary>
/// <param name="Guid">The runtime knows it of the modules that it has loaded.</param>
/// <param name="Stamp">Told only by the files; null where it is not known.</param>
internal readonly record struct PdbId(Guid Guid, uint? Stamp)
{
    public static PdbId Of(ImmutableArray<byte> id)
    {
        var content = new BlobContentId(id);
        return new PdbId(content.Guid, content.Stamp);
    }

    public bool IsOf(PdbId other) => Guid == other.Guid && (Stamp is null || other.Stamp is null || Stamp == other.Stamp);
}
