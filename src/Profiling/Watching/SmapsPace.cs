using System.Globalization;

namespace HeapDrift.Profiling.Watching;

/// <summary>
/// When smaps_rollup and smaps of one process may be read. The kernel walks all page tables for a read and holds the process's memory map
/// meanwhile: 8 ms per GB on an idle machine, 22 ms on a busy one, and there are worse. Every read is paid for: nothing is read again before
/// its cost is its share of the time since. Pure but for the clock; for one caller at a time.
/// </summary>
internal sealed class SmapsPace(TimeProvider time, double share = SmapsPace.UsualShare, TimeSpan? interval = null)
{
    /// <summary>Cost of all reads as a share of wall time.</summary>
    public const double UsualShare = 0.001;

    /// <summary>How often the continuous figures are read where cost permits.</summary>
    public static readonly TimeSpan RollupInterval = TimeSpan.FromSeconds(10);

    /// <summary>How often the whole list of mappings is read where cost permits.</summary>
    public static readonly TimeSpan LedgerInterval = TimeSpan.FromSeconds(60);

    /// <summary>A timer of the same interval must not miss every second read by a millisecond.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(500);

    /// <summary>A read that is expected to take longer is not made at all, however rarely: the process may wait for its memory map that long.</summary>
    public static readonly TimeSpan MostCost = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After this a read that took too long is tried once more, because the machine may have been busy. Longer than it takes to pay for
    /// <see cref="MostCost"/> (2,000 s).
    /// </summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    /// <summary>Assumed before the first read: what an idle machine took, rounded up. From then on its own figures count.</summary>
    private const double FirstSecondsPerGigabyte = 0.010;

    /// <summary>The whole list was measured to cost 1.5 times the sums; with many small mappings more.</summary>
    private const double FirstLedgerFactor = 2;

    private const double BytesPerGigabyte = 1e9;

    private readonly long _origin = time.GetTimestamp();
    private readonly Cost _rollup = new(interval ?? RollupInterval, FirstSecondsPerGigabyte);
    private readonly Cost _ledger = new(LedgerInterval, FirstSecondsPerGigabyte * FirstLedgerFactor);
    private TimeSpan _paidAt = TimeSpan.MinValue;

    /// <summary>How often the continuous figures are read here.</summary>
    public TimeSpan Interval => interval ?? RollupInterval;

    /// <summary>What may be read now. What is due together is read together and paid for together.</summary>
    /// <param name="rssBytes">Resident bytes of the process now.</param>
    public SmapsPlan Plan(long rssBytes)
    {
        TimeSpan now = Now;
        bool isPaid = now >= _paidAt;
        return new(
            isPaid && now >= _rollup.DueAt && _rollup.IsAffordable(now, rssBytes),
            isPaid && now >= _ledger.DueAt && _ledger.IsAffordable(now, rssBytes),
            _rollup.IsAffordable(now, rssBytes) ? null : TooMuch(rssBytes));
    }

    /// <summary>Measures a read of smaps_rollup.</summary>
    /// <returns>What was read, and what it cost.</returns>
    public (T Value, TimeSpan Cost) ReadRollup<T>(long rssBytes, Func<T> read) => Measure(_rollup, rssBytes, read);

    /// <summary>Measures a read of smaps.</summary>
    /// <returns>What was read, and what it cost.</returns>
    public (T Value, TimeSpan Cost) ReadLedger<T>(long rssBytes, Func<T> read) => Measure(_ledger, rssBytes, read);

    /// <summary>Only differences count. The clock of the machine may be set, timestamps never go back.</summary>
    private TimeSpan Now => time.GetElapsedTime(_origin);

    private (T Value, TimeSpan Cost) Measure<T>(Cost cost, long rssBytes, Func<T> read)
    {
        TimeSpan start = Now;
        try
        {
            return (read(), Now - start);
        }
        finally
        {
            // A read that failed has cost the same.
            TimeSpan end = Now;
            cost.Measured(start, end, rssBytes);
            _paidAt = (end > _paidAt ? end : _paidAt) + ((end - start) / share);
        }
    }

    private string TooMuch(long rssBytes) => string.Create(
        CultureInfo.InvariantCulture,
        $"PSS is not read: for {rssBytes / BytesPerGigabyte:N1} GB it would take {_rollup.Expected(rssBytes).TotalSeconds:N1} s, more than {MostCost.TotalSeconds:N0} s.");

    /// <summary>What reads of one file cost by the last of them.</summary>
    private sealed class Cost(TimeSpan interval, double firstSecondsPerGigabyte)
    {
        private double _secondsPerGigabyte = firstSecondsPerGigabyte;

        /// <summary>Never before there was a read: nothing says then that it would cost less.</summary>
        private TimeSpan _retryAt = TimeSpan.MaxValue;

        public TimeSpan DueAt { get; private set; } = TimeSpan.MinValue;

        public bool IsAffordable(TimeSpan now, long rssBytes) => Expected(rssBytes) <= MostCost || now >= _retryAt;

        public TimeSpan Expected(long rssBytes) => TimeSpan.FromSeconds(_secondsPerGigabyte * rssBytes / BytesPerGigabyte);

        public void Measured(TimeSpan start, TimeSpan end, long rssBytes)
        {
            DueAt = start + interval - Slack;
            _retryAt = end + RetryAfter;

            // Below a gigabyte the cost is mostly that of any read, which would make a process that then grows look unaffordable.
            _secondsPerGigabyte = (end - start).TotalSeconds / Math.Max(rssBytes / BytesPerGigabyte, 1);
        }
    }
}
