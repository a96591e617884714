using System.Globalization;
using HeapDrift.Profiling.Detection;

namespace HeapDrift.DetectorBench;

/// <summary>
/// A recorded series: PSS of a process every ten seconds, from its smaps_rollup. A healthy one is called so in its name; the others leaked from the
/// start.
/// </summary>
internal static class Recording
{
    /// <summary>What such a service would be given; the recorded ones had none, and none of them came so far.</summary>
    private const long Limit = 512L << 20;

    public static MemorySeries Read(string path)
    {
        string kind = Path.GetFileNameWithoutExtension(path);
        MemorySample[] samples =
        [
            .. File.ReadLines(path).Skip(1).Select(line => line.Split(',')).Select(fields => new MemorySample(
                MemorySeries.Start + TimeSpan.FromSeconds(double.Parse(fields[0], CultureInfo.InvariantCulture)), long.Parse(fields[1], CultureInfo.InvariantCulture), null)),
        ];
        return new(kind, kind.Contains("healthy", StringComparison.Ordinal) ? null : TimeSpan.Zero, LimitBytes: Limit, samples);
    }
}
