namespace HeapDrift.Profiling.Marking;

/// <summary>Where objects lie: the used part of one segment or region of the garbage collector.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">First address behind.</param>
internal readonly record struct HeapRange(ulong Start, ulong End)
{
    public long Bytes => (long)(End - Start);
}
