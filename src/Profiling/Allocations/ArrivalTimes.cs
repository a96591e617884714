namespace HeapDrift.Profiling.Allocations;

/// <summary>
/// When the samples of a window came, whatever became of their objects: how far a program was with its work at a moment, which runs slowly while it is looked at.
/// 64 numbers, whatever the window. Not thread-safe.
/// </summary>
internal sealed class ArrivalTimes
{
    private const int Buckets = 64;

    private readonly long[] _counts = new long[Buckets];
    private long? _from;
    private long _width = 1;
    private long _total;

    /// <param name="at">In ticks; about in order.</param>
    public void Add(long at)
    {
        long since = Math.Max(0, at - (_from ??= at));
        while (since / _width >= Buckets)
        {
            Widen();
        }

        _counts[since / _width]++;
        _total++;
    }

    /// <summary>Of all that has come since a moment, the share that had come by a later one; as fine as the buckets are.</summary>
    /// <param name="since">In ticks.</param>
    /// <param name="by">In ticks, not before the other.</param>
    public double ShareOf(long since, long by)
    {
        long before = CountBefore(since);
        return _total == before ? 0 : (double)(CountBefore(by) - before) / (_total - before);
    }

    private long CountBefore(long at)
    {
        long count = 0;
        for (int bucket = 0; bucket < Math.Min(Buckets, (at - (_from ?? at)) / _width); bucket++)
        {
            count += _counts[bucket];
        }

        return count;
    }

    private void Widen()
    {
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            _counts[bucket] = bucket < Buckets / 2 ? _counts[2 * bucket] + _counts[(2 * bucket) + 1] : 0;
        }

        _width *= 2;
    }
}
