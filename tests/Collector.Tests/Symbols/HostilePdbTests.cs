using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using HeapDrift.Collector.Symbols;
using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>PDBs that are sound in form and made to do harm.</summary>
public sealed class HostilePdbTests
{
    private const int Method = 0x06000001;

    [Fact]
    public void APathIsPutTogetherFromItsParts()
    {
        using var pdb = PdbLines.Open(Write(metadata => metadata.GetOrAddDocumentName("/_/src/Shop/Cart.cs"), (0, 7)));

        Assert.Equal(new SourceLine("/_/src/Shop/Cart.cs", 7), pdb.Find(Method, 0));
    }

    /// <summary>A thousand parts, each of them the same megabyte.</summary>
    [Fact]
    public void APathThatWouldFillTheMemoryIsNotBuilt()
    {
        using var pdb = PdbLines.Open(Write(metadata => Name(metadata, metadata.GetOrAddBlob(new byte[1 << 20]), 1_000), (0, 7)));

        Assert.Throws<BadImageFormatException>(() => pdb.Find(Method, 0));
    }

    [Fact]
    public void APathOfCountlessEmptyPartsIsNotBuilt()
    {
        using var pdb = PdbLines.Open(Write(metadata => Name(metadata, metadata.GetOrAddBlob((byte[])[]), 1 << 20), (0, 7)));

        Assert.Throws<BadImageFormatException>(() => pdb.Find(Method, 0));
    }

    [Fact]
    public void HiddenCodeBelongsToTheStatementBeforeIt()
    {
        using var pdb = PdbLines.Open(Write(metadata => metadata.GetOrAddDocumentName("Cart.cs"), (0, null), (4, 10), (8, null), (12, 11)));

        Assert.Equal([10, 10, 10, 11, 11], new[] { 0, 4, 9, 12, 4_000 }.Select(offset => pdb.Find(Method, offset)?.Line));
    }

    [Fact]
    public void AMethodOfHiddenCodeAloneHasNoLine()
    {
        using var pdb = PdbLines.Open(Write(metadata => metadata.GetOrAddDocumentName("Cart.cs"), (0, null), (4, null)));

        Assert.Null(pdb.Find(Method, 4));
    }

    [Fact]
    public void WhereThePlaceInTheMethodIsNotKnownTheFileIs()
    {
        using var pdb = PdbLines.Open(Write(metadata => metadata.GetOrAddDocumentName("Cart.cs"), (0, null), (4, 10), (12, 11)));

        Assert.Equal(new SourceLine("Cart.cs", null), pdb.Find(Method, null));
    }

    [Fact]
    public void AMethodOnOneLineIsOnIt()
    {
        using var pdb = PdbLines.Open(Write(metadata => metadata.GetOrAddDocumentName("Cart.cs"), (0, null), (4, 10), (12, 10)));

        Assert.Equal(new SourceLine("Cart.cs", 10), pdb.Find(Method, null));
    }

    private static BlobHandle Name(MetadataBuilder metadata, BlobHandle part, int parts)
    {
        var name = new BlobBuilder();
        name.WriteByte((byte)'/');
        for (int count = 0; count < parts; count++)
        {
            name.WriteCompressedInteger(MetadataTokens.GetHeapOffset(part));
        }

        return metadata.GetOrAddBlob(name);
    }

    /// <summary>A PDB of one method with the given statements, by IL offset and line; hidden where there is none.</summary>
    private static byte[] Write(Func<MetadataBuilder, BlobHandle> name, params (int Offset, int? Line)[] points)
    {
        var metadata = new MetadataBuilder();
        DocumentHandle document = metadata.AddDocument(name(metadata), default, default, default);
        metadata.AddMethodDebugInformation(document, metadata.GetOrAddBlob(Points(points)));
        int[] rows = new int[MetadataTokens.TableCount];
        rows[(int)TableIndex.MethodDef] = 1;
        var pdb = new BlobBuilder();
        new PortablePdbBuilder(metadata, [.. rows], default, _ => new BlobContentId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 12)).Serialize(pdb);
        return pdb.ToArray();
    }

    /// <summary>The blob of PortablePdb-Metadata.md, "Sequence Points Blob": one column wide, all in one document.</summary>
    private static BlobBuilder Points((int Offset, int? Line)[] points)
    {
        var blob = new BlobBuilder();
        blob.WriteCompressedInteger(0); // No signature of local variables.
        int offset = 0;
        int? line = null;
        foreach ((int at, int? onLine) in points)
        {
            blob.WriteCompressedInteger(at - offset);
            offset = at;
            blob.WriteCompressedInteger(0); // Lines that it spans.
            if (onLine is null)
            {
                blob.WriteCompressedInteger(0); // No columns either: hidden.
                continue;
            }

            blob.WriteCompressedSignedInteger(1);
            if (line is null)
            {
                blob.WriteCompressedInteger(onLine.Value);
                blob.WriteCompressedInteger(1);
            }
            else
            {
                blob.WriteCompressedSignedInteger(onLine.Value - line.Value);
                blob.WriteCompressedSignedInteger(0);
            }

            line = onLine;
        }

        return blob;
    }
}
