using HeapDrift.Profiling.Diff;

namespace HeapDrift.Profiling.Flames;

/// <summary>What a box of a flame graph stands for.</summary>
/// <param name="Name">A root, a type or a method, in full.</param>
/// <param name="Origin">Whose code it is; null for what is nobody's.</param>
/// <param name="File">As a portable PDB names it; null where none told.</param>
/// <param name="Line">The first is 1.</param>
internal sealed record FlameFrame(string Name, TypeOrigin? Origin, string? File = null, int? Line = null);
