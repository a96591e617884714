using HeapDrift.Profiling.Diff;

namespace HeapDrift.Profiling.Stacks;

/// <summary>A frame as a person reads it.</summary>
/// <param name="Name">What it is called in C#.</param>
/// <param name="Origin">Whose code it is.</param>
/// <param name="Source">Where it stands; null where no PDB told.</param>
internal sealed record NamedFrame(FrameName Name, TypeOrigin Origin, SourceLine? Source)
{
    public bool IsApplication => Origin == TypeOrigin.Application;

    /// <param name="frame">As the runtime tells it.</param>
    /// <param name="source">Where it stands.</param>
    /// <param name="origin">Whose its module is, where somebody looked at the file.</param>
    public static NamedFrame Of(RawFrame frame, SourceLine? source, TypeOrigin? origin = null) => new(FrameName.Of(frame), origin ?? OriginOf(frame), source);

    /// <summary>By the module. Code without one was made at run time: by the platform (<c>dynamicClass</c>), or from a type whose name tells.</summary>
    private static TypeOrigin OriginOf(RawFrame frame) =>
        frame.ModulePath is { Length: > 0 } path ? TypeOrigins.OfModule(path)
        : frame.TypeName.Length == 0 || frame.TypeName.Equals("dynamicClass", StringComparison.OrdinalIgnoreCase) ? TypeOrigin.Library
        : TypeOrigins.Of(frame.TypeName, null);
}
