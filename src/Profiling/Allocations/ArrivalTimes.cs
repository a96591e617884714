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

    /// <summary>The moment at which a share of all had come, and how many had come then, as a share; as fine as the buckets are. Null where none came.</summary>
    public (long At, double Share)? Find(double share)
    {
        long come = 0;
        for (int bucket = 0; bucket < Buckets && _total != 0; bucket++)
        {
            come += _counts[bucket];
            if (come >= share * _total)
            {
                return (_from!.Value + ((bucket + 1) * _width) - 1, (double)come / _total);
            }
        }

        return null;
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
