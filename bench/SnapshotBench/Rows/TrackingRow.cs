using System.Diagnostics;
using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.SnapshotBench.Rows;

/// <summary>
/// What following allocations costs: how much a worker gets done inside the window of a capture, against the same time before and after. It computes on one
/// core without pause, and allocates about 300 MB/s at that.
/// </summary>
internal static class TrackingRow
{
    private const double LeastThroughput = 0.97;
    private const string MegabytesPerSecond = "300";
    private const string Objects = "100000";

    /// <summary>64 MB, hexadecimal: left alone the runtime tunes it all the time.</summary>
    private const string Gen0Size = "4000000";

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        await run.EndHeapWorkerAsync();
        await using Worker worker = await Worker.StartAsync(("DOTNET_GCgen0size", Gen0Size), run.CancellationToken, "work", Objects, MegabytesPerSecond);
        await Task.Delay(WarmUp, run.CancellationToken);
        var turns = new Turns(
            "tracking", "followed", "throughput of a worker that allocates about 300 MB/s, in the window of a capture", "no session open", LeastThroughput, Rate);
        return [await turns.MeasureAsync(run, () => RateAsync(worker, run.CancellationToken), () => RateInWindowAsync(worker, run.CancellationToken))];
    }

    /// <summary>Between the baseline and the final snapshot, whose costs have rows of their own.</summary>
    private static async Task<double> RateInWindowAsync(Worker worker, CancellationToken cancellationToken)
    {
        string folder = Path.Join(Path.GetTempPath(), "heapdrift-bench");
        string pid = worker.Pid.ToString(CultureInfo.InvariantCulture);
        await using ChildProcess capture = ChildProcess.Start(new ChildProcessStart(
            RepositoryPaths.HeapDrift, "capture", "--pid", pid, "--window", "10m", "--confirm", "0", "--output", folder));
        await capture.WaitForLineAsync(line => line.Contains("baseline taken", StringComparison.Ordinal), StartDeadline).WaitAsync(cancellationToken);
        return await RateAsync(worker, cancellationToken);
    }

    private static async Task<double> RateAsync(Worker worker, CancellationToken cancellationToken)
    {
        (double allocated, long started) = (await worker.AllocatedBytesAsync(cancellationToken), Stopwatch.GetTimestamp());
        await Task.Delay(Turn, cancellationToken);
        return (await worker.AllocatedBytesAsync(cancellationToken) - allocated) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static string Rate(double bytesPerSecond) => $"{Units.Megabytes(bytesPerSecond)}/s";
}
