using System.Reflection.PortableExecutable;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Symbols;

/// <summary>An assembly of a worker's, opened as the hostile file that it may be.</summary>
internal static class ModuleFile
{
    /// <param name="root">Of the worker's file system.</param>
    /// <param name="path">As the worker sees it.</param>
    /// <returns>Reads what it is asked for; closes the file when it is disposed. What it throws is <see cref="SymbolsException.IsOfFiles"/>.</returns>
    /// <exception cref="IOException">There is no such file, or it is no regular one.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static PEReader Open(string root, string path)
    {
#pragma warning disable CA2000 // They belong to what is returned.
        FileStream file = RootedFile.Open(root, path);
        try
        {
            // Over a FileStream the reader would map the file, and a page of it that is cut off meanwhile would end this process.
            return new PEReader(new BufferedStream(file));
        }
#pragma warning restore CA2000
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
