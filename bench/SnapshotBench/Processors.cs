using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.SnapshotBench;

/// <summary>The processors in two halves, so that what makes the load takes nothing from what is measured. By taskset of util-linux.</summary>
internal sealed record Processors(string First, string Second)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public static Processors Halved()
    {
        int all = Environment.ProcessorCount;
        return all < 2
            ? throw new RowException("it takes two processors: one for the service and one for its load")
            : new(List(0, (all / 2) - 1), List(all / 2, all - 1));
    }

    public ChildProcess StartOnFirst(ChildProcessStart start) =>
        ChildProcess.Start(start with { File = "taskset", Arguments = ["-c", First, start.File, .. start.Arguments] });

    /// <summary>Moves all threads that a process has now; those that they start stay with them.</summary>
    public Task MoveToSecondAsync(int pid) => MoveAsync(pid, Second);

    public Task MoveToAllAsync(int pid) => MoveAsync(pid, $"{First},{Second}");

    public string Describe() => $"The service and the agent ran on processors {First}, the load on {Second}";

    private static async Task MoveAsync(int pid, string processors)
    {
        ProcessResult moved = await ChildProcess.RunAsync(
            new ChildProcessStart("taskset", "-a", "-c", "-p", processors, pid.ToString(CultureInfo.InvariantCulture)), Deadline);
        if (moved.ExitCode != 0)
        {
            throw new RowException($"taskset: {moved.Stderr}");
        }
    }

    private static string List(int first, int last) => first == last
        ? first.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
}
