namespace HeapDrift.Collector.Export;

/// <summary>How much may wait for a receiver: what an outage leaves behind must not be more than the receiver can be sent afterwards.</summary>
internal static class DeliveryBounds
{
    public const int MostReports = 100;

    /// <summary>A report of 10,000 types has about 3 MB, most have a tenth of it.</summary>
    public const long MostBytes = 256L << 20;

    public static readonly TimeSpan MostAge = TimeSpan.FromDays(7);

    /// <summary>The oldest, as many as are too many or too large together.</summary>
    /// <param name="oldestFirst">Their names begin with the time.</param>
    /// <param name="bytesOf">The size of one.</param>
    public static IReadOnlyList<(T Report, string Reason)> Excess<T>(IReadOnlyList<T> oldestFirst, Func<T, long> bytesOf)
    {
        int tooMany = Math.Max(0, oldestFirst.Count - MostReports);
        int tooLarge = oldestFirst.Count;
        for (long bytes = 0; tooLarge > 0 && (bytes += bytesOf(oldestFirst[tooLarge - 1])) <= MostBytes; tooLarge--)
        {
        }

        return
        [
            .. oldestFirst.Take(Math.Max(tooMany, tooLarge)).Select((report, at) => (report, at < tooMany
                ? $"more than {MostReports} reports wait for the OTLP receiver"
                : $"more than {MostBytes >> 20} MB of reports wait for the OTLP receiver")),
        ];
    }
}
