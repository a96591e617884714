using System.Diagnostics;

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
