using System.Diagnostics;
using System.Globalization;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.TestKit;
using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>
/// The tool is killed at random instants of a freeze. HEAPDRIFT_KILL_TIMES multiplies the 200 rounds of the suite,
/// HEAPDRIFT_KILL_SEED asks for the moments of an earlier run.
/// </summary>
public sealed class KilledToolTests(ITestOutputHelper output)
{
    private const int SigKill = 9;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // A round of freezing, killing the copy and reaping takes the loop 3 to 15 ms.
    private static readonly TimeSpan LongestLife = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData("--load", 150)]
    [InlineData("--calls", 50)]
    public async Task WorkerSurvivesEveryKill(string work, int share)
    {
        IConfiguration environment = new ConfigurationBuilder().AddEnvironmentVariables("HEAPDRIFT_KILL_").Build();
        int rounds = share * environment.GetValue("TIMES", 1);
        int seed = environment.GetValue("SEED", Random.Shared.Next());
        output.WriteLine($"{rounds} rounds, HEAPDRIFT_KILL_SEED={seed}");
        var random = new Random(seed);
        await using BusyWorker worker = await BusyWorker.StartAsync(connections: 4, work);

        for (int round = 0; round < rounds; round++)
        {
            await KillAtARandomMomentAsync(worker.Id, random.NextDouble() * LongestLife);

            await worker.AnswersAsync();
            await worker.IsUnharmedAsync();
        }

        CopyReaper.Sweep(worker.Id);
        Assert.Empty(KernelView.Children(worker.Id));
        await worker.AnswersAsync();
        await worker.IsUnharmedAsync();
    }

    private static async Task KillAtARandomMomentAsync(int pid, TimeSpan life)
    {
        await using var loop = ChildProcess.Start(new ChildProcessStart(FreezeLoop.Path, pid.ToString(CultureInfo.InvariantCulture)));
        await loop.WaitForLineAsync(line => line.StartsWith("frozen", StringComparison.Ordinal), Deadline);

        // A delay of the task scheduler would have steps of a millisecond, which is all that a freeze takes.
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < life)
        {
            Thread.SpinWait(20);
        }

        loop.Signal(SigKill);
        await loop.WaitForExitAsync(Deadline);
    }
}
