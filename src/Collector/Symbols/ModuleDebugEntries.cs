using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection.PortableExecutable;
using HeapDrift.Profiling;

namespace HeapDrift.Collector.Symbols;

/// <summary>
/// What a module's file says of its PDB: the debug directory of ECMA-335 images (PE-COFF.md of dotnet/runtime). Reads a few kilobytes, and the
/// embedded PDB where there is one.
/// </summary>
/// <param name="Id">The PDB of the same build; null where there is no portable one.</param>
/// <param name="PdbName">Its file name without folders; null where the module does not tell.</param>
/// <param name="EmbeddedPdb">Unpacked; null where there is none.</param>
/// <param name="HasWindowsPdb">Whether it was built with a PDB of the old format.</param>
internal sealed record ModuleDebugEntries(PdbId? Id, string? PdbName, byte[]? EmbeddedPdb, bool HasWindowsPdb)
{
    /// <summary>Signature and length before the packed bytes of an embedded PDB.</summary>
    private const int EmbeddedHeaderBytes = 8;

    private static ReadOnlySpan<byte> EmbeddedSignature => "MPDB"u8;

    /// <exception cref="BadImageFormatException">The file is no module, or is damaged.</exception>
    /// <exception cref="InvalidDataException">The embedded PDB is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModuleDebugEntries Read(Stream module)
    {
        if (module.Length > int.MaxValue)
        {
            throw new BadImageFormatException("it is larger than a module can be");
        }

        // Over a FileStream the reader would map the file, and a page of it that is cut off meanwhile would end this process.
        using var buffered = new BufferedStream(module);
        using var reader = new PEReader(buffered, PEStreamOptions.LeaveOpen);
        if (reader.PEHeaders.PEHeader is not { } header || header.DebugTableDirectory.Size is < 0 or > Limits.DebugDirectoryBytes)
        {
            throw new BadImageFormatException("its debug directory is damaged");
        }

        DebugDirectoryEntry[] entries = [.. reader.ReadDebugDirectory().Where(entry => entry.DataSize >= 0)];
        DebugDirectoryEntry[] codeViews = [.. entries.Where(entry => entry.Type == DebugDirectoryEntryType.CodeView && entry.DataSize <= Limits.DebugDirectoryBytes)];
        DebugDirectoryEntry portable = codeViews.FirstOrDefault(entry => entry.IsPortableCodeView);
        CodeViewDebugDirectoryData? data = portable.DataSize == 0 ? null : reader.ReadCodeViewDebugDirectoryData(portable);
        DebugDirectoryEntry embedded = entries.FirstOrDefault(entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        return new ModuleDebugEntries(
            data is null ? null : new PdbId(data.Value.Guid, portable.Stamp),
            data is null ? null : FileName(data.Value.Path),
            embedded.DataSize == 0 ? null : ReadEmbedded(buffered, embedded),
            portable.DataSize == 0 && codeViews.Length != 0);
    }

    /// <summary>The path of the building machine, of whichever system, means nothing here. Null where its end is no name of a file.</summary>
    private static string? FileName(string path)
    {
        string name = path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        return name is "" or "." or ".." || name.Contains('\0', StringComparison.Ordinal) ? null : name;
    }

    private static byte[] ReadEmbedded(Stream file, DebugDirectoryEntry entry)
    {
        if (entry.DataSize is < EmbeddedHeaderBytes or > Limits.PdbBytes || entry.DataPointer < 0)
        {
            throw new InvalidDataException("its embedded PDB is damaged");
        }

        file.Position = entry.DataPointer;
        byte[] packed = new byte[entry.DataSize];
        file.ReadExactly(packed);
        int length = BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(EmbeddedSignature.Length));
        if (!packed.AsSpan().StartsWith(EmbeddedSignature) || length is <= 0 or > Limits.PdbBytes)
        {
            throw new InvalidDataException("its embedded PDB is damaged");
        }

        using var unpacking = new DeflateStream(new MemoryStream(packed, EmbeddedHeaderBytes, packed.Length - EmbeddedHeaderBytes), CompressionMode.Decompress);
        byte[] pdb = new byte[length];
        unpacking.ReadExactly(pdb);
        return pdb;
    }
}
