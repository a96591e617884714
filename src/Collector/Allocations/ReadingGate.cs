namespace HeapDrift.Collector.Allocations;

/// <summary>
/// Up to when events are looked at. A snapshot shows the heap of one instant, which is known only when it is over; what a later collection
/// moves must not have been moved by then. So events wait from the moment that a snapshot is about to be taken until its instant is known;
/// meanwhile the worker's own buffer holds what comes.
/// </summary>
internal sealed class ReadingGate
{
    private readonly object _lock = new();
    private long _heldFrom = long.MaxValue;
    private long? _endTime;
    private int? _endCollection;

    /// <summary>Where events after now wait; those that wait already go on until now.</summary>
    public void HoldFrom(long now)
    {
        lock (_lock)
        {
            _heldFrom = now;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Ends the wait: what came after this instant is not looked at any more.</summary>
    public void EndAt(long time) => End(() => _endTime = time);

    /// <summary>Ends the wait: what came after this collection is not looked at any more.</summary>
    public void EndAfter(int collection) => End(() => _endCollection = collection);

    /// <summary>Lets everything through, to nobody: the end.</summary>
    public void Abandon() => End(() => _endTime = long.MinValue);

    /// <summary>Waits if it must. False where the event is beyond the end.</summary>
    /// <param name="time">When the event was written.</param>
    /// <param name="lastCollection">The last one that ended before it.</param>
    public bool Admits(long time, int lastCollection)
    {
        lock (_lock)
        {
            while (true)
            {
                if (_endTime is { } end)
                {
                    return time <= end;
                }

                if (_endCollection is { } collection)
                {
                    return lastCollection < collection;
                }

                if (time <= _heldFrom)
                {
                    return true;
                }

                Monitor.Wait(_lock);
            }
        }
    }

    private void End(Action set)
    {
        lock (_lock)
        {
            if (_endTime is null && _endCollection is null)
            {
                set();
            }

            Monitor.PulseAll(_lock);
        }
    }
}
