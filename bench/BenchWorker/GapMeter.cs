using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace BenchTarget;

/// <summary>
/// How long the process stood still, as its own threads saw it: two of them read the clock without end and keep the longest time between
/// two readings. Also counts what the scheduler takes from them, so the caller measures the same without a snapshot beside it.
/// </summary>
public static class GapMeter
{
    private const int Threads = 2;

    /// <summary>One cache line of eight longs for each thread's gap, and one for the common flags.</summary>
    private const int Stride = 8;

    private static readonly long[] Gaps = new long[(Threads + 1) * Stride];
    private static readonly int[] Generation = new int[2 * Stride];
    private static Thread[] _threads = [];

    /// <summary>The longest gap of each thread. A stop of the process is in all of them, one by the scheduler mostly in one.</summary>
    public static IEnumerable<TimeSpan> LongestGaps =>
        Enumerable.Range(1, Threads).Select(i => Stopwatch.GetElapsedTime(0, Volatile.Read(ref Gaps[i * Stride])));

    public static void Start()
    {
        Volatile.Write(ref Generation[0], 1);
        _threads = [.. Enumerable.Range(1, Threads).Select(i => new Thread(() => Watch(i * Stride)) { IsBackground = true, Name = $"gap meter {i}" })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    public static void Reset() => Interlocked.Increment(ref Generation[0]);

    public static void Stop()
    {
        Volatile.Write(ref Generation[0], 0);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    /// <summary>Compiled fully at once: a method that is replaced while it runs would count its own compilation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Watch(int slot)
    {
        int[] generations = Generation;
        long[] gaps = Gaps;
        int generation = Volatile.Read(ref generations[0]);
        long previous = Stopwatch.GetTimestamp();
        long longest = 0;
        while (true)
        {
            long now = Stopwatch.GetTimestamp();
            if (now - previous > longest)
            {
                longest = now - previous;
                Volatile.Write(ref gaps[slot], longest);
            }

            previous = now;
            int current = Volatile.Read(ref generations[0]);
            if (current == 0)
            {
                return;
            }

            if (current != generation)
            {
                generation = current;
                longest = 0;
                Volatile.Write(ref gaps[slot], 0);
            }
        }
    }
}
