using System.Globalization;

namespace HeapDrift.Profiling.Stacks;

/// <summary>Where a statement begins.</summary>
/// <param name="File">The path that the compiler wrote into the PDB: of the machine that built it, or <c>/_/src/Cart.cs</c> where builds are deterministic.</param>
/// <param name="Line">The first line is 1. Null where only the method is known, and not the place in it.</param>
internal sealed record SourceLine(string File, int? Line)
{
    /// <summary>Without its folders, of whichever system.</summary>
    public string FileName => File[(File.AsSpan().LastIndexOfAny('/', '\\') + 1)..];

    /// <summary><c>/src/Cart.cs:61</c>.</summary>
    public override string ToString() => Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{File}:{line}") : File;
}
