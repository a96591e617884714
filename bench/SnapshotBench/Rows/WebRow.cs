using System.Globalization;

namespace HeapDrift.SnapshotBench.Rows;

/// <summary>
/// What the users of a service notice of a hundred snapshots in a row, and what is left in it afterwards. Each snapshot is followed by as
/// much time without one, so that both see the same machine.
/// </summary>
internal static class WebRow
{
    /// <summary>A collected heap of a served process varies by a few per cent by itself.</summary>
    private const double MostTimesMemoryBefore = 1.1;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(100);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        await run.EndHeapWorkerAsync();
        await using Worker worker = await Worker.StartAsync(("DOTNET_gcServer", "1"), run.CancellationToken, "web");
        var address = new Uri(worker.Ready);

        // Warm worker, warm tool (its first snapshot loads code into both), then the memory to come back to.
        await using (var load = new LoadDriver(address))
        {
            await Task.Delay(WarmUp, run.CancellationToken);
            await run.TakeAsync(worker, run.Options.Engine);
            RequireServed(load);
        }

        double before = await SettledAsync(worker, long.MaxValue, run.CancellationToken);
        Round round;
        await using (var load = new LoadDriver(address))
        {
            await Task.Delay(WarmUp, run.CancellationToken);
            round = await MeasureLoadAsync(run, worker, load);
        }

        double after = await SettledAsync(worker, before * MostTimesMemoryBefore, run.CancellationToken);
        return Rows(run, round, before, after, await LeftAsync(worker, run.CancellationToken));
    }

    private static async Task<Round> MeasureLoadAsync(BenchRun run, Worker worker, LoadDriver load)
    {
        RequireServed(load);
        var latencies = new List<double>();
        var calmLatencies = new List<double>();
        double peak = 0;
        for (int i = 0; i < run.Options.Snapshots; i++)
        {
            load.TakeLongest();
            Task<SnapshotTaken> taking = run.TakeAsync(worker, run.Options.Engine);
            peak = Math.Max(peak, (await PeakMemory.OfWorkerAndCopyAsync(worker.Pid, SampleInterval, taking, run.CancellationToken)).Highest);
            SnapshotTaken taken = await taking;
            latencies.Add(load.TakeLongest().TotalMilliseconds);

            await Task.Delay(taken.Wall, run.CancellationToken);
            calmLatencies.Add(load.TakeLongest().TotalMilliseconds);
            if ((i + 1) % 10 == 0)
            {
                Screen.Progress($"web {i + 1}/{run.Options.Snapshots}: {load.Requests:N0} requests, {load.Failed:N0} failed");
            }
        }

        return new(load.Requests, load.Failed, load.Reconnections, load.FirstFailure, new(latencies), new(calmLatencies), peak);
    }

    private static IReadOnlyList<Row> Rows(BenchRun run, Round round, double before, double after, (int Children, string? Complaint) left) =>
    [
        new(
            $"failed requests in {run.Options.Snapshots} snapshots",
            Units.Count(round.Failed),
            $"{Units.Count(round.Requests)} requests",
            Units.Ratio(round.Failed, round.Requests),
            "0",
            round.Failed == 0)
        {
            Notes =
            [
                string.Create(CultureInfo.InvariantCulture, $"web: Kestrel, server GC, {LoadDriver.Connections} keep-alive connections, {LoadDriver.Think.TotalMilliseconds} ms between requests, every answer checked; {round.Reconnections} connections were opened again"),
                .. round.FirstFailure is null ? Array.Empty<string>() : [$"web: the first failure: {round.FirstFailure}"],
            ],
        },
        new(
            "longest request during a snapshot",
            round.Latency.Show(Units.Milliseconds),
            $"as long without one: {round.CalmLatency.Show(Units.Milliseconds)}",
            Units.Ratio(round.Latency.Median, round.CalmLatency.Median),
            null,
            null),
        new(
            "memory of the service after the snapshots (PSS)",
            Units.Megabytes(after),
            $"before: {Units.Megabytes(before)}",
            Units.Ratio(after, before),
            string.Create(CultureInfo.InvariantCulture, $"<= {MostTimesMemoryBefore} x before"),
            after <= before * MostTimesMemoryBefore)
        {
            Notes = [$"web: before and after without load and collected; under load with the copy at most {Units.Megabytes(round.PeakBytes)}"],
        },
        new(
            "children and zombies left in the service",
            Units.Count(left.Children),
            "before: 0",
            "-",
            "0",
            left.Children == 0 && left.Complaint is null)
        {
            Notes = left.Complaint is null ? [] : [$"web: the worker: {left.Complaint}"],
        },
    ];

    private static void RequireServed(LoadDriver load)
    {
        if (load.Requests < LoadDriver.Connections || load.Failed > 0)
        {
            throw new RowException($"the load did not run before the first snapshot: {load.Requests} requests, {load.Failed} failed: {load.FirstFailure}");
        }
    }

    /// <summary>Collects until its memory is low enough and no longer falls, or the deadline has passed; what it has then.</summary>
    private static async Task<double> SettledAsync(Worker worker, double enough, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(SettleDeadline);
        double previous = double.MaxValue;
        while (true)
        {
            await worker.CollectAsync(cancellationToken);
            double now = PeakMemory.OfWorkerAndCopy(worker.Pid) ?? double.MaxValue;
            bool isStill = now < double.MaxValue && now >= previous * 0.99;
            if ((isStill && now <= enough) || deadline.IsCancellationRequested)
            {
                return now < double.MaxValue ? now : throw new RowException("the worker's memory could not be read: its children come and go");
            }

            previous = now;
            await Task.Delay(SettlePause, cancellationToken);
        }
    }

    /// <summary>What the last snapshot left may take a moment to go.</summary>
    private static async Task<(int Children, string? Complaint)> LeftAsync(Worker worker, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while (true)
        {
            (int Children, string? Complaint) left = (ProcessTree.Children(worker.Pid).Count, ProcessTree.Complaint(worker.Pid));
            if (left is (0, null) || deadline.IsCancellationRequested)
            {
                return left;
            }

            await Task.Delay(SampleInterval, cancellationToken);
        }
    }

    /// <summary>Latencies are the longest of each window, in milliseconds.</summary>
    private sealed record Round(
        long Requests, long Failed, long Reconnections, string? FirstFailure, Spread Latency, Spread CalmLatency, double PeakBytes);
}
