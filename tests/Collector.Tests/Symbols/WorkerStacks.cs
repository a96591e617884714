using System.Globalization;
using System.Text.Json;
using HeapDrift.Profiling.Stacks;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>The stacks of a worker as tests/Targets/StackReader tells them of a frozen copy.</summary>
internal sealed record WorkerStacks(ILookup<int, StackEntry> ByThread)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>A signal's end of a process: 128 and the signal.</summary>
    private const int FirstSignal = 128;

    /// <summary>The DAC crashes at times, in its own process; each new copy is another chance, as in the product.</summary>
    private const int Chances = 5;

    public static async Task<WorkerStacks> TakeAsync(int pid)
    {
        string reader = Path.Join(RepositoryPaths.Output("StackReader"), "StackReader");
        ProcessResult result;
        int chance = 0;
        do
        {
            result = await ChildProcess.RunAsync(new ChildProcessStart(reader, [pid.ToString(CultureInfo.InvariantCulture)]), Deadline);
        }
        while (result.ExitCode > FirstSignal && ++chance < Chances);

        Assert.True(result.ExitCode == 0, result.Stderr);
        return new WorkerStacks(result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToLookup(
            fields => int.Parse(fields[0], CultureInfo.InvariantCulture),
            fields => new StackEntry(ulong.Parse(fields[1], CultureInfo.InvariantCulture), JsonSerializer.Deserialize<RawFrame>(fields[2])!)));
    }
}

/// <summary>A frame and its return address.</summary>
internal readonly record struct StackEntry(ulong Address, RawFrame Frame);
