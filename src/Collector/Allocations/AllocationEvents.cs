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
        source.Clr.AllocationSampling += OnSample;
        source.Clr.GCAllocationTick += OnTick;
        source.Clr.GCStart += OnStart;
        source.Clr.GCGenerationRange += OnGenerationRange;
        source.Clr.GCBulkSurvivingObjectRanges += OnSurvivors;
        source.Clr.GCBulkMovedObjectRanges += OnMoves;
        source.Clr.GCStop += OnStop;
    }

    private void OnSample(AllocationSampledTraceData sample)
    {
        if (IsAdmitted(sample))
        {
            Add(sample, (ulong)sample.Address, (ulong)sample.TypeID, sample.ObjectSize, SamplingProbability.OfRandomSample(sample.ObjectSize));
        }
    }

    private void OnTick(GCAllocationTickTraceData tick)
    {
        if (IsAdmitted(tick))
        {
            Add(tick, tick.Address, tick.TypeID, tick.ObjectSize, SamplingProbability.OfTick(tick.ObjectSize, tick.AllocationAmount64));
        }
    }

    private void Add(TraceEvent data, ulong address, ulong type, long bytes, double probability) =>
        _tracker.Allocate(address, type, bytes, probability, EventRecord.StackOf(data), EventRecord.TimeStampOf(data));

    private void OnStart(GCStartTraceData start)
    {
        if (IsAdmitted(start))
        {
            _tracker.Begin(start.Count, start.Depth, start.Type == GCType.BackgroundGC);
        }
    }

    private void OnGenerationRange(GCGenerationRangeTraceData range)
    {
        if (IsAdmitted(range))
        {
            _tracker.DescribeGeneration(range.Generation, range.RangeStart, (ulong)range.RangeReservedLength);
        }
    }

    private void OnSurvivors(GCBulkSurvivingObjectRangesTraceData ranges)
    {
        if (IsAdmitted(ranges))
        {
            for (int at = 0; at < ranges.Count; at++)
            {
                GCBulkSurvivingObjectRangesValues range = ranges.Values(at);
                _tracker.Survive(range.RangeBase, (ulong)range.RangeLength);
            }
        }
    }

    private void OnMoves(GCBulkMovedObjectRangesTraceData ranges)
    {
        if (IsAdmitted(ranges))
        {
            for (int at = 0; at < ranges.Count; at++)
            {
                GCBulkMovedObjectRangesValues range = ranges.Values(at);
                _tracker.Move(range.OldRangeBase, range.NewRangeBase, (ulong)range.RangeLength);
            }
        }
    }

    private void OnStop(GCEndTraceData stop)
    {
        if (IsAdmitted(stop))
        {
            _tracker.End(stop.Count);
        }
    }

    private bool IsAdmitted(TraceEvent data) => _gate.Admits(EventRecord.TimeStampOf(data), _tracker.LastCollection);
}
