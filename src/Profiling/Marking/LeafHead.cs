using System.Runtime.CompilerServices;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// Type and size of an object that refers to nothing, noted when its holder is read: it is counted without being read again. Objects of more
/// than 512 KB, and of more than 65,535 types, have none; the default stands for "not known".
/// </summary>
internal readonly record struct LeafHead(ushort Type, ushort Words)
{
    public bool IsKnown => Words != 0;

    public ulong Bytes => (ulong)Words * sizeof(ulong);

    /// <summary>Not known where it does not fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LeafHead Of(TypeLayout type, ulong bytes) =>
        type.Index <= ushort.MaxValue && bytes / sizeof(ulong) <= ushort.MaxValue ? new((ushort)type.Index, (ushort)(bytes / sizeof(ulong))) : default;
}
