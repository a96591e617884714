using System.Diagnostics;
using System.Security.Cryptography;

namespace BenchTarget;

/// <summary>
/// A service that is busy: allocates at a steady rate, counted against the clock, in arrays of 1 KB of which the last 64 MB stay alive, so
/// that collections have something to promote and to move.
/// </summary>
public static class Allocator
{
    private const int ArrayBytes = 1000;
    private const int Kept = 65_536;

    private static readonly byte[][] Recent = new byte[Kept][];

    public static void Start(int megabytesPerSecond) =>
        new Thread(() => AllocateAsync(megabytesPerSecond * 1_000_000L).GetAwaiter().GetResult()) { IsBackground = true, Name = "allocator" }.Start();

    /// <summary>
    /// Works as fast as one core can, with so much computing for each array that it comes to about this rate: what slows it down is seen in how much it
    /// allocates.
    /// </summary>
    public static void Work(int megabytesPerSecond) =>
        new Thread(() => WorkAtFullSpeed(Hashes(megabytesPerSecond * 1_000_000L))) { IsBackground = true, Name = "allocator" }.Start();

    private static void WorkAtFullSpeed(int hashes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (int next = 0; ; next = (next + 1) % Kept)
        {
            byte[] array = Recent[next] = new byte[ArrayBytes - 24];
            for (int at = 0; at < hashes; at++)
            {
                SHA256.HashData(array, hash);
            }
        }
    }

    /// <summary>How many hashes of an array take as long as the rate leaves for one.</summary>
    private static int Hashes(long bytesPerSecond)
    {
        const int tries = 50_000;
        byte[] array = new byte[ArrayBytes - 24];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        long started = Stopwatch.GetTimestamp();
        for (int at = 0; at < tries; at++)
        {
            SHA256.HashData(array, hash);
        }

        double oneHash = Stopwatch.GetElapsedTime(started).TotalSeconds / tries;
        return Math.Max(1, (int)Math.Round(ArrayBytes / (double)bytesPerSecond / oneHash));
    }

    private static async Task AllocateAsync(long bytesPerSecond)
    {
        var elapsed = Stopwatch.StartNew();
        long allocated = 0;
        int next = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await timer.WaitForNextTickAsync())
        {
            long due = (long)(elapsed.Elapsed.TotalSeconds * bytesPerSecond);
            // After a long stop it goes on at its rate instead of making up for what it missed.
            allocated = Math.Max(allocated, due - (bytesPerSecond / 10));
            for (; allocated < due; allocated += ArrayBytes)
            {
                Recent[next] = new byte[ArrayBytes - 24];
                next = (next + 1) % Kept;
            }
        }
    }
}
