using System.Diagnostics;
using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.SnapshotBench.Rows;

/// <summary>What the agent itself takes of the machine with 50 workers, while nothing happens.</summary>
internal static class AgentRow
{
    private const double MostCoreShare = 0.002;
    private const double MostBytes = 150e6;
    private const int Workers = 50;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        await run.EndHeapWorkerAsync();
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

    private static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:P3}");
}
