using System.Globalization;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.SnapshotBench;

/// <summary>The most memory that processes had together, sampled.</summary>
internal static class PeakMemory
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private static readonly ProcFileSystem Proc = new();

    /// <summary>
    /// Until the task ends: the highest sum of proportional memory (PSS) of the process and its descendants, or the highest resident
    /// memory that the kernel itself noted for one of them (<c>VmHWM</c>), where a peak between two samples was higher.
    /// </summary>
    public static async Task<long> OfTreeAsync(int root, Task ending, CancellationToken cancellationToken)
    {
        long peak = 0;
        while (!ending.IsCompleted)
        {
            long sum = 0;
            foreach (int pid in ProcessTree.WithDescendants(root))
            {
                sum += Proc.TryReadSmapsRollup(pid).Value?.PssBytes ?? 0;
                peak = Math.Max(peak, ResidentHighWaterBytes(pid));
            }

            peak = Math.Max(peak, sum);
            await Task.WhenAny(ending, Task.Delay(Interval, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return peak > 0 ? peak : throw new RowException("the tool ended before its memory could be read once");
    }

    /// <summary>
    /// PSS of a worker and its children, the copy among them: what they take of the machine together, each shared page once. Null where a
    /// child came or went meanwhile, for then a page may have been counted twice.
    /// </summary>
    public static long? OfWorkerAndCopy(int worker)
    {
        IReadOnlySet<int> before = ProcessTree.WithDescendants(worker);
        long sum = 0;
        foreach (int pid in before)
        {
            sum += Proc.TryReadSmapsRollup(pid).Value?.PssBytes ?? 0;
        }

        return ProcessTree.WithDescendants(worker).SetEquals(before) ? sum : null;
    }

    /// <summary>Samples <see cref="OfWorkerAndCopy"/> until the task ends.</summary>
    public static async Task<Spread> OfWorkerAndCopyAsync(int worker, TimeSpan interval, Task ending, CancellationToken cancellationToken)
    {
        var samples = new List<double>();
        while (!ending.IsCompleted)
        {
            // Reading tens of milliseconds long: not on the thread that drives the load.
            if (await Task.Run(() => OfWorkerAndCopy(worker), cancellationToken) is long bytes)
            {
                samples.Add(bytes);
            }

            await Task.WhenAny(ending, Task.Delay(interval, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new(samples);
    }

    private static long ResidentHighWaterBytes(int pid)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan("VmHWM:".Length, line.Length - "VmHWM: kB".Length + 1).Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
