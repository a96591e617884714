namespace HeapDrift.Profiling.Allocations;

/// <summary>What a number of samples say of all objects (Horvitz-Thompson: each stands for one divided by its probability), and how sure that is.</summary>
internal struct SampleEstimate
{
    /// <summary>
    /// Of the normal distribution, for an interval that has the truth in it in 98 of 100 cases: of any hundred captures 95 keep what they state, and not
    /// only on average.
    /// </summary>
    private const double Quantile = 2.33;

    private double _bytes;
    private double _objects;
    private double _variance;

    public long Samples { get; private set; }

    public readonly long Bytes => (long)Math.Round(_bytes);

    public readonly long Objects => (long)Math.Round(_objects);

    /// <summary>
    /// Half of the 98 % interval, as a share of <see cref="Bytes"/>: 8 % at 1,000 samples, 26 % at a hundred; 0 where each object was seen, infinite without
    /// samples. By the score interval of a Poisson count (Rao 1948), which holds for few samples too.
    /// </summary>
    public readonly double RelativeError
    {
        get
        {
            if (_bytes <= 0)
            {
                return double.PositiveInfinity;
            }

            // As many equal samples would vary by as much.
            double effective = _bytes * _bytes / _variance;
            double half = Quantile * Quantile / 2;
            return _variance <= 0 ? 0 : (half + (Quantile * Math.Sqrt(effective + (half / 2)))) / effective;
        }
    }

    /// <summary>More is not known than that there is something: a place in a list would be chance.</summary>
    public readonly bool IsTooSmall => RelativeError >= 1;

    public void Add(in SampledObject sample)
    {
        double weight = sample.Bytes / sample.Probability;
        Samples++;
        _bytes += weight;
        _objects += 1 / sample.Probability;
        _variance += weight * weight * (1 - sample.Probability);
    }
}
