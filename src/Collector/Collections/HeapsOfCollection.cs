using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Collections;

/// <summary>
/// The heaps of one collection as they are told, one event each: a collection begins with its global history and is complete when as many heaps
/// followed as that one announced.
/// </summary>
internal sealed class HeapsOfCollection(int heaps, int generation)
{
    private readonly long[] _sizes = new long[GcGenerations.Names.Count];
    private readonly long[] _free = new long[GcGenerations.Names.Count];
    private int _seen;

    /// <summary>Everything was collected, so what is left lives.</summary>
    public bool IsFull => generation == GcReading.CollectedGenerations - 1;

    /// <summary>True with the last of the heaps.</summary>
    public bool Add(GCPerHeapHistoryTraceData history)
    {
        for (int at = 0; at < _sizes.Length; at++)
        {
            GCPerHeapHistoryGenData data = history.GenData((Gens)at);
            _sizes[at] += data.SizeAfter;
            _free[at] += data.FreeListSpaceAfter + data.FreeObjSpaceAfter;
        }

        return ++_seen == heaps;
    }

    public GcGenerations Sum() => new(_sizes, _free);
}
