using System.Diagnostics;
using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.SnapshotBench.Rows;

/// <summary>
/// What the agent costs while nothing happens: throughput of a loaded service with the agent watching against the same without it, in turns,
/// and the agent's own processor time and memory with 50 workers.
/// </summary>
internal static class AgentRow
{
    private const double LeastThroughput = 0.995;
    private const double MostCoreShare = 0.002;
    private const double MostBytes = 150e6;
    private const int Workers = 50;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    /// <summary>An agent runs for months; that its runtime compiles in the background for its first half minute is not what is asked.</summary>
    private static readonly TimeSpan AgentWarmUp = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        await run.EndHeapWorkerAsync();
        return [await MeasureThroughputAsync(run), .. await MeasureFootprintAsync(run)];
    }

    private static async Task<Row> MeasureThroughputAsync(BenchRun run)
    {
        await using Worker worker = await Worker.StartAsync(("DOTNET_gcServer", "1"), run.CancellationToken, "web");
        await using var load = new LoadDriver(new Uri(worker.Ready), think: TimeSpan.Zero);
        await Task.Delay(WarmUp, run.CancellationToken);
        var turns = new Turns("agent", "watched", "throughput of a loaded service with the agent watching", "without it", LeastThroughput, Rate);
        Row row = await turns.MeasureAsync(run, () => ThroughputAsync(load, run.CancellationToken), () => WatchedThroughputAsync(load, run.CancellationToken));
        return row with { Notes = load.Failed == 0 ? [] : [$"agent: {load.Failed} requests failed: {load.FirstFailure}"] };
    }

    private static async Task<double> WatchedThroughputAsync(LoadDriver load, CancellationToken cancellationToken)
    {
        await using ChildProcess agent = await StartAsync(cancellationToken);
        await Task.Delay(AgentWarmUp, cancellationToken);
        return await ThroughputAsync(load, cancellationToken);
    }

    private static async Task<IReadOnlyList<Row>> MeasureFootprintAsync(BenchRun run)
    {
        var workers = new List<PlainWorker>();
        try
        {
            for (int i = 0; i < Workers; i++)
            {
                workers.Add(await PlainWorker.StartAsync(10, "--nodes", "10000").WaitAsync(run.CancellationToken));
            }

            await using ChildProcess agent = await StartAsync(run.CancellationToken);
            await Task.Delay(WarmUp, run.CancellationToken);
            using var process = Process.GetProcessById(agent.Id);
            (TimeSpan cpu, long started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
            double most = 0;
            while (Stopwatch.GetElapsedTime(started) < Watched)
            {
                most = Math.Max(most, PeakMemory.OfWorkerAndCopy(agent.Id) ?? 0);
                await Task.Delay(TimeSpan.FromSeconds(1), run.CancellationToken);
            }

            process.Refresh();
            double share = (process.TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(started) / Workers;
            return
            [
                new($"processor time of the agent a worker, {Workers} workers", Percent(share), "one core", "-", $"<= {Percent(MostCoreShare)}", share <= MostCoreShare),
                new($"memory of the agent with {Workers} workers (PSS)", Units.Megabytes(most), "-", "-", $"<= {Units.Megabytes(MostBytes)}", most > 0 && most <= MostBytes),
            ];
        }
        finally
        {
            foreach (PlainWorker worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    private static async Task<ChildProcess> StartAsync(CancellationToken cancellationToken)
    {
        string folder = Path.Join(Path.GetTempPath(), "heapdrift-bench");
        var agent = ChildProcess.Start(new ChildProcessStart(RepositoryPaths.HeapDrift, "agent", "--urls", "http://127.0.0.1:0", "--output", folder)
        {
            Environment = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null, ["HeapDrift__Watch__SettlingTime"] = "00:00:00" },
        });
        try
        {
            await agent.WaitForLineAsync(line => line.Contains("is watched", StringComparison.Ordinal), StartDeadline).WaitAsync(cancellationToken);
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    private static async Task<double> ThroughputAsync(LoadDriver load, CancellationToken cancellationToken)
    {
        (long requests, long started) = (load.Requests, Stopwatch.GetTimestamp());
        await Task.Delay(Turn, cancellationToken);
        return (load.Requests - requests) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static string Rate(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:N0} requests/s");

    private static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:P3}");
}
