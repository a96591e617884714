using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.InteropServices;
using System.Text;
using HeapDrift.Profiling;
using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Collector.Symbols;

/// <summary>
/// The lines of one portable PDB (PortablePdb-Metadata.md of dotnet/runtime), which is held in memory. Any call can throw
/// <see cref="BadImageFormatException"/> where it is damaged.
/// </summary>
internal sealed class PdbLines : IDisposable
{
    private const int MethodDefinitionTable = 0x06;
    private const int RowMask = 0xFFFFFF;

    private readonly MetadataReaderProvider _provider;
    private readonly MetadataReader _reader;
    private readonly Dictionary<int, int> _codeOfStarts = [];
    private bool _hasCodeOfStarts;

    private PdbLines(MetadataReaderProvider provider, MetadataReader reader, PdbId id, int bytes) =>
        (_provider, _reader, Id, Bytes) = (provider, reader, id, bytes);

    public PdbId Id { get; }

    public int Bytes { get; }

    public static PdbLines Open(byte[] pdb)
    {
        var provider = MetadataReaderProvider.FromPortablePdbImage(ImmutableCollectionsMarshal.AsImmutableArray(pdb));
        try
        {
            MetadataReader reader = provider.GetMetadataReader();
            return reader.DebugMetadataHeader is { Id.Length: 20 } header
                ? new PdbLines(provider, reader, PdbId.Of(header.Id), pdb.Length)
                : throw new BadImageFormatException("it is no PDB");
        }
        catch
        {
            provider.Dispose();
            throw;
        }
    }

    /// <summary>Null for a method that has no lines: what compilers make, and what the PDB does not know. O(statements of the method).</summary>
    /// <param name="methodToken">MethodDef token.</param>
    /// <param name="ilOffset">Null where it is not known: the line is, too, unless the whole method stands on it.</param>
    public SourceLine? Find(int methodToken, int? ilOffset)
    {
        int row = methodToken & RowMask;
        if (methodToken >> 24 != MethodDefinitionTable || row == 0 || row > _reader.MethodDebugInformation.Count)
        {
            return null;
        }

        MethodDebugInformation method = Method(row);
        return method.SequencePointsBlob.IsNil ? CodeOf(row) is { } code ? Statement(Method(code), 0) : null
            : ilOffset is { } offset ? Statement(method, offset)
            : Whole(method);
    }

    public void Dispose() => _provider.Dispose();

    private MethodDebugInformation Method(int row) => _reader.GetMethodDebugInformation(MetadataTokens.MethodDebugInformationHandle(row));

    /// <summary>
    /// The statement that the offset lies in. Code that a compiler put between two statements is hidden (line 0xFEEFEE) and belongs to the one
    /// before, at the beginning of the method to the first.
    /// </summary>
    private SourceLine? Statement(MethodDebugInformation method, int ilOffset)
    {
        SequencePoint? found = null;
        foreach (SequencePoint point in method.GetSequencePoints().Take(Limits.SequencePoints))
        {
            if (found is not null && point.Offset > ilOffset)
            {
                break;
            }

            found = point.IsHidden ? found : point;
        }

        return found is { Document.IsNil: false } statement ? new SourceLine(Path(statement.Document), statement.StartLine) : null;
    }

    private SourceLine? Whole(MethodDebugInformation method)
    {
        SequencePoint[] points = [.. method.GetSequencePoints().Take(Limits.SequencePoints).Where(point => !point.IsHidden && !point.Document.IsNil)];
        return points.Length == 0 ? null
            : new SourceLine(Path(points[0].Document), Array.TrueForAll(points, point => point.StartLine == points[0].StartLine) ? points[0].StartLine : null);
    }

    /// <summary>
    /// The method that an async method or iterator starts has no statements of its own; they are in its state machine. Only the way back is in
    /// the PDB, so all are looked at, once.
    /// </summary>
    private int? CodeOf(int start)
    {
        if (!_hasCodeOfStarts)
        {
            _hasCodeOfStarts = true;
            int methods = _reader.GetTableRowCount(TableIndex.StateMachineMethod) == 0 ? 0 : Math.Min(_reader.MethodDebugInformation.Count, Limits.PdbMethods);
            for (int row = 1; row <= methods; row++)
            {
                if (Method(row).GetStateMachineKickoffMethod() is { IsNil: false } kickoff)
                {
                    _codeOfStarts[MetadataTokens.GetRowNumber(kickoff)] = row;
                }
            }
        }

        return _codeOfStarts.TryGetValue(start, out int code) ? code : null;
    }

    /// <summary>
    /// A separator and the parts between, each by a handle. Every part may be as long as the file and stand there many times, so the reader's
    /// own method could be made to build terabytes.
    /// </summary>
    private string Path(DocumentHandle document)
    {
        BlobReader parts = _reader.GetBlobReader((BlobHandle)_reader.GetDocument(document).Name);
        if (parts.Length > Limits.SourcePathBytes)
        {
            throw new BadImageFormatException("the path of a source file has more parts than any");
        }

        var path = new StringBuilder();
        string separator = parts.ReadByte() is not 0 and byte letter ? ((char)letter).ToString() : "";
        bool isFirst = true;
        while (parts.RemainingBytes > 0)
        {
            path.Append(isFirst ? "" : separator);
            isFirst = false;
            BlobReader part = _reader.GetBlobReader(parts.ReadBlobHandle());
            if (path.Length + part.Length > Limits.SourcePathBytes)
            {
                throw new BadImageFormatException("the path of a source file is longer than any");
            }

            path.Append(part.ReadUTF8(part.Length));
        }

        return path.ToString();
    }
}
