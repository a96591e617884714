namespace HeapDrift.Profiling.Detection;

/// <summary>
/// The lowest value of each of the last intervals of equal length: what is left when garbage has come and gone. 16 bytes an interval. A
/// minimum needs no history, so that months of samples cost nothing. An interval without a sample is left out: reading a large process is stretched, and
/// its window must not pass for a shorter one.
/// </summary>
/// <param name="interval">Of one value.</param>
/// <param name="count">Intervals that are kept.</param>
internal sealed class FloorSeries(TimeSpan interval, int count)
{
    /// <summary>Of the intervals, that must have a value: twelve of twenty, and Mann-Kendall can be as sure as it is asked to be.</summary>
    private const double LeastKnown = 0.6;

    private readonly Queue<(long Interval, double Lowest)> _closed = new(count);
    private long _first = long.MinValue;
    private long _last;
    private long _current = long.MinValue;
    private double _minimum;

    public TimeSpan Interval => interval;

    /// <summary>All intervals have passed, and most of them have a value.</summary>
    public bool IsFull => _closed.Count >= LeastKnown * count && _last - _first + 1 >= count;

    /// <summary>The highest floor that has left the series. Null before.</summary>
    public double? HighestBefore { get; private set; }

    /// <summary>The closed intervals, oldest first.</summary>
    public double[] Values => [.. _closed.Select(closed => closed.Lowest)];

    /// <summary>Which of the intervals each value is of; the oldest that is kept is 0.</summary>
    public double[] Places => [.. _closed.Select(closed => (double)(closed.Interval - _last + count - 1))];

    /// <summary>True when an interval was closed.</summary>
    public bool Add(DateTimeOffset at, double value)
    {
        long number = at.UtcTicks / interval.Ticks;
        if (number == _current)
        {
            _minimum = Math.Min(_minimum, value);
            return false;
        }

        bool isFirst = _current == long.MinValue;
        if (isFirst)
        {
            _first = number;
        }
        else
        {
            Close();
        }

        (_current, _minimum) = (number, value);
        return !isFirst;
    }

    public void Clear()
    {
        _closed.Clear();
        _current = long.MinValue;
        _first = long.MinValue;
        HighestBefore = null;
    }

    private void Close()
    {
        _last = _current;
        while (_closed.TryPeek(out (long Interval, double Lowest) oldest) && oldest.Interval <= _last - count)
        {
            HighestBefore = Math.Max(HighestBefore ?? oldest.Lowest, oldest.Lowest);
            _closed.Dequeue();
        }

        _closed.Enqueue((_current, _minimum));
    }
}
