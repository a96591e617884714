using System.Security.Cryptography;

namespace HeapDrift.Collector.Export;

/// <summary>Longer and longer waits, a second to a minute. Scattered by a quarter, because many agents wait for one receiver.</summary>
internal sealed class Backoff
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private TimeSpan _next = Shortest;

    public TimeSpan Next()
    {
        TimeSpan wait = _next * (0.75 + (RandomNumberGenerator.GetInt32(500) / 1000d));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return wait;
    }

    public void Reset() => _next = Shortest;
}
