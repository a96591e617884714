namespace HeapDrift.Profiling.Stacks;

/// <summary>
/// Which IL each piece of one native code of a method was compiled from, as the event MethodILToNativeMap tells it. The marks are those of
/// ICorDebugInfo::MappingTypes (corinfo.h of the runtime). A method has a map for each time that it was compiled; a copy of a worker is asked by
/// address instead, since ClrMD knows the newest code's map only.
/// </summary>
internal sealed class ILOffsetMap
{
    private const int NoMapping = -1;
    private const int Prolog = -2;

    private readonly int[] _native;
    private readonly int[] _il;

    private ILOffsetMap(int[] native, int[] il) => (_native, _il) = (native, il);

    /// <summary>In any order; of several at one native offset the last with a true IL offset counts.</summary>
    public static ILOffsetMap Of(IEnumerable<(int NativeOffset, int ILOffset)> entries)
    {
        (int NativeOffset, int ILOffset)[] sorted =
        [
            .. entries.Where(entry => entry.ILOffset >= Prolog && entry.ILOffset != NoMapping).OrderBy(entry => entry.NativeOffset).ThenBy(entry => entry.ILOffset),
        ];
        return new ILOffsetMap([.. sorted.Select(entry => entry.NativeOffset)], [.. sorted.Select(entry => entry.ILOffset)]);
    }

    /// <summary>
    /// O(log entries). Code without IL of its own, such as the epilog, belongs to the piece before it, the prolog to the first instruction. Null
    /// before the first piece.
    /// </summary>
    /// <param name="nativeOffset">
    /// From the method's start. For a frame that has called another one, one less than that of its return address, which may belong to the
    /// next statement already.
    /// </param>
    public int? Find(int nativeOffset)
    {
        int at = Array.BinarySearch(_native, nativeOffset);
        at = at < 0 ? ~at - 1 : at;
        while (at >= 0 && at + 1 < _native.Length && _native[at + 1] == nativeOffset)
        {
            at++;
        }

        return at < 0 ? null : Math.Max(0, _il[at]);
    }
}
