using System.Globalization;
using System.Runtime.InteropServices;

namespace HeapDrift.SnapshotBench;

/// <summary>Where and when it was measured: a figure without it cannot be compared.</summary>
internal static class Machine
{
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Processor()}, {Environment.ProcessorCount} cores, {MemoryBytes() / 1e9:N0} GB, {Kernel()}, {RuntimeInformation.FrameworkDescription}, load average {LoadAverage()}");

    public static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Kernel() => $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}";

    /// <summary>The first line of /proc/meminfo: "MemTotal:  24593304 kB".</summary>
    private static double MemoryBytes() =>
        double.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
