namespace HeapDrift.Profiling.Detection;

/// <summary>
/// The lowest value of each of the last intervals of equal length: what is left when garbage has come and gone. 16 bytes an interval. A
/// minimum needs no history, so that months of samples cost nothing.
/// </summary>
/// <param name="interval">Of one value.</param>
/// <param name="count">Values that are kept.</param>
internal sealed class FloorSeries(TimeSpan interval, int count)
{
    private readonly Queue<double> _closed = new(count);
    private long _current = long.MinValue;
    private double _minimum;

    public TimeSpan Interval => interval;

    /// <summary>All intervals have passed.</summary>
    public bool IsFull => _closed.Count == count;

    /// <summary>The highest floor that has left the series. Null before.</summary>
    public double? HighestBefore { get; private set; }

    /// <summary>The closed intervals, oldest first.</summary>
    public double[] Values => [.. _closed];

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
        if (!isFirst)
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
        HighestBefore = null;
    }

    private void Close()
    {
        if (_closed.Count == count)
        {
            double left = _closed.Dequeue();
            HighestBefore = Math.Max(HighestBefore ?? left, left);
        }

        _closed.Enqueue(_minimum);
    }
}
