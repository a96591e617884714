using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace HeapDrift.Collector.Collections;

/// <summary>
/// Adds up what the collector of one worker tells. Fed by the thread that reads the session, read by everybody; goes on where a session ended
/// and another one began.
/// </summary>
internal sealed class GcTally
{
    /// <summary>EventCounters tell megabytes of a million bytes (System.Runtime, RuntimeEventSource.cs).</summary>
    private const double CounterMegabyte = 1e6;

    private GcReading _reading = GcReading.None;
    private double? _suspendedAt;
    private HeapsOfCollection? _heaps;

    public GcReading Reading => Volatile.Read(ref _reading);

    /// <summary>Listens to the events of one session.</summary>
    public void Follow(EventPipeEventSource source)
    {
        (_suspendedAt, _heaps) = (null, null);
        source.Clr.GCSuspendEEStart += Suspend;
        source.Clr.GCRestartEEStop += Restart;
        source.Clr.GCGlobalHeapHistory += history => _heaps = new(history.NumHeaps, history.CondemnedGeneration);
        source.Clr.GCPerHeapHistory += Add;
        source.Clr.GCStop += collection => Count(collection.Depth);
        source.Dynamic.AddCallbackForProviderEvent("System.Runtime", "EventCounters", Count);
    }

    private void Suspend(GCSuspendEETraceData suspension) =>
        _suspendedAt = suspension.Reason is GCSuspendEEReason.SuspendForGC or GCSuspendEEReason.SuspendForGCPrep ? suspension.TimeStampRelativeMSec : null;

    private void Restart(GCNoUserDataTraceData restart)
    {
        if (_suspendedAt is { } since)
        {
            _suspendedAt = null;
            Update(_reading with { PauseTime = _reading.PauseTime + TimeSpan.FromMilliseconds(Math.Max(0, restart.TimeStampRelativeMSec - since)) });
        }
    }

    private void Count(int generation)
    {
        if (generation is >= 0 and < GcReading.CollectedGenerations)
        {
            long[] collections = [.. _reading.Collections];
            collections[generation]++;
            Update(_reading with { Collections = collections });
        }
    }

    private void Add(GCPerHeapHistoryTraceData history)
    {
        if (_heaps?.Add(history) == true)
        {
            GcGenerations last = _heaps.Sum();
            Update(_reading with { Last = last, LiveBytes = _heaps.IsFull ? last.LiveBytes : _reading.LiveBytes });
            _heaps = null;
        }
    }

    private void Count(TraceEvent counters)
    {
        if (counters.PayloadValue(0) is IDictionary<string, object> outer && outer.TryGetValue("Payload", out object? inner) && inner is IDictionary<string, object> counter
            && counter.TryGetValue("Name", out object? name))
        {
            switch (name as string)
            {
                case "alloc-rate" when counter.TryGetValue("Increment", out object? increment):
                    Update(_reading with { AllocatedBytes = (_reading.AllocatedBytes ?? 0) + (long)Convert.ToDouble(increment, System.Globalization.CultureInfo.InvariantCulture) });
                    break;
                case "gc-committed" when counter.TryGetValue("Mean", out object? mean):
                    Update(_reading with { CommittedBytes = (long)(Convert.ToDouble(mean, System.Globalization.CultureInfo.InvariantCulture) * CounterMegabyte) });
                    break;
            }
        }
    }

    private void Update(GcReading reading) => Volatile.Write(ref _reading, reading);
}
