using System.Globalization;

namespace HeapDrift.SnapshotBench;

/// <summary>Threads of a .NET process that exist for its EventPipe sessions: one that sends, and one that computes counters.</summary>
internal static class SessionThreads
{
    /// <summary>As the runtime calls them; the kernel keeps 15 characters (prctl(2), PR_SET_NAME).</summary>
    private static readonly string[] Names = [".NET EventPipe", ".NET Counter Po"];

    /// <summary>Their processor time so far, by the first number of schedstat, in nanoseconds (Documentation/scheduler/sched-stats.rst).</summary>
    public static double Seconds(int pid) => Directory.GetDirectories($"/proc/{pid}/task")
        .Where(thread => Names.Contains(File.ReadAllText(Path.Join(thread, "comm")).Trim()))
        .Sum(thread => double.Parse(File.ReadAllText(Path.Join(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture) / 1e9);
}
