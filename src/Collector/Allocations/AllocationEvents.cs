using HeapDrift.Profiling.Allocations;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Allocations;

/// <summary>Tells a <see cref="SampleTracker"/> what the events of the runtime say of sampled allocations and of collections.</summary>
internal sealed class AllocationEvents
{
    private readonly SampleTracker _tracker;
    private readonly ReadingGate _gate;

    public AllocationEvents(TraceEventDispatcher source, SampleTracker tracker, ReadingGate gate)
    {
        (_tracker, _gate) = (tracker, gate);
        source.Clr.AllocationSampling += WhenAdmitted<AllocationSampledTraceData>(OnSample);
        source.Clr.GCAllocationTick += WhenAdmitted<GCAllocationTickTraceData>(OnTick);
        source.Clr.GCStart += WhenAdmitted<GCStartTraceData>(OnStart);
        source.Clr.GCGenerationRange += WhenAdmitted<GCGenerationRangeTraceData>(OnGenerationRange);
        source.Clr.GCBulkSurvivingObjectRanges += WhenAdmitted<GCBulkSurvivingObjectRangesTraceData>(OnSurvivors);
        source.Clr.GCBulkMovedObjectRanges += WhenAdmitted<GCBulkMovedObjectRangesTraceData>(OnMoves);
        source.Clr.GCStop += WhenAdmitted<GCEndTraceData>(OnStop);
    }

    private void OnSample(AllocationSampledTraceData sample) =>
        Add(sample, (ulong)sample.Address, (ulong)sample.TypeID, sample.ObjectSize, SamplingProbability.OfRandomSample(sample.ObjectSize));

    private void OnTick(GCAllocationTickTraceData tick) =>
        Add(tick, tick.Address, tick.TypeID, tick.ObjectSize, SamplingProbability.OfTick(tick.ObjectSize, tick.AllocationAmount64));

    private void Add(TraceEvent data, ulong address, ulong type, long bytes, double probability) =>
        _tracker.Allocate(address, type, bytes, probability, EventRecord.StackOf(data), EventRecord.TimeStampOf(data));

    private void OnStart(GCStartTraceData start) => _tracker.Begin(start.Count, start.Depth, start.Type == GCType.BackgroundGC);

    private void OnGenerationRange(GCGenerationRangeTraceData range) =>
        _tracker.DescribeGeneration(range.Generation, range.RangeStart, (ulong)range.RangeReservedLength);

    private void OnSurvivors(GCBulkSurvivingObjectRangesTraceData ranges)
    {
        for (int at = 0; at < ranges.Count; at++)
        {
            GCBulkSurvivingObjectRangesValues range = ranges.Values(at);
            _tracker.Survive(range.RangeBase, (ulong)range.RangeLength);
        }
    }

    private void OnMoves(GCBulkMovedObjectRangesTraceData ranges)
    {
        for (int at = 0; at < ranges.Count; at++)
        {
            GCBulkMovedObjectRangesValues range = ranges.Values(at);
            _tracker.Move(range.OldRangeBase, range.NewRangeBase, (ulong)range.RangeLength);
        }
    }

    private void OnStop(GCEndTraceData stop) => _tracker.End(stop.Count);

    /// <summary>On the thread that reads, which waits here while a snapshot is taken.</summary>
    private Action<T> WhenAdmitted<T>(Action<T> tell)
        where T : TraceEvent => data =>
        {
            if (_gate.Admits(EventRecord.TimeStampOf(data), _tracker.LastCollection))
            {
                tell(data);
            }
        };
}
