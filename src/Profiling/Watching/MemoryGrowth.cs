namespace HeapDrift.Profiling.Watching;

/// <summary>
/// How fast a process grows, by the last readings: ten minutes where they come every ten seconds, longer where reading is stretched.
/// Single jumps and dips do not move it. It says what is, not that there is a leak. For one caller at a time.
/// </summary>
internal sealed class MemoryGrowth
{
    /// <summary>60 points have 1,770 pairs, a tenth of a millisecond.</summary>
    public const int MostReadings = 60;

    /// <summary>Fewer are not a trend.</summary>
    public const int LeastReadings = 6;

    /// <summary>What lies further ahead is beyond what so short a look back can tell.</summary>
    public static readonly TimeSpan FurthestLimit = TimeSpan.FromDays(30);

    private readonly Queue<WorkerMemory> _readings = new(MostReadings);
    private WorkerMemory? _last;
    private double? _bytesPerSecond;

    /// <summary>Negative where it shrinks. Null with less than <see cref="LeastReadings"/>.</summary>
    public double? BytesPerSecond => _bytesPerSecond;

    /// <summary>
    /// When the headroom of the tightest control group is used up if only this process goes on growing as it does. Null where it does not
    /// grow, where there is no limit, and beyond <see cref="FurthestLimit"/>.
    /// </summary>
    public TimeSpan? TimeToLimit =>
        _bytesPerSecond is > 0 and double growth && _last?.HeadroomBytes is long headroom && headroom / growth <= FurthestLimit.TotalSeconds
            ? TimeSpan.FromSeconds(headroom / growth)
            : null;

    /// <summary>
    /// PSS and RSS are not one series, and neither are two sides of a clock that was set back: there it begins anew. A reading that was added before is
    /// not added.
    /// </summary>
    public void Add(WorkerMemory reading)
    {
        if (ReferenceEquals(reading, _last))
        {
            return;
        }

        if (_last is not null && (_last.IsCheap != reading.IsCheap || reading.At < _last.At))
        {
            _readings.Clear();
        }

        if (_readings.Count == MostReadings)
        {
            _readings.Dequeue();
        }

        _readings.Enqueue(reading);
        _last = reading;
        _bytesPerSecond = Measure();
    }

    private double? Measure()
    {
        if (_readings.Count < LeastReadings)
        {
            return null;
        }

        DateTimeOffset first = _readings.Peek().At;
        double[] seconds = [.. _readings.Select(reading => (reading.At - first).TotalSeconds)];
        double[] bytes = [.. _readings.Select(reading => (double)reading.UsedBytes)];
        return TheilSen.Slope(seconds, bytes) is double slope && double.IsFinite(slope) ? slope : null;
    }
}
