using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HeapDrift.TestKit;

namespace HeapDrift.SnapshotBench;

/// <summary>The built <c>heapdrift snapshot</c>, run as an engineer would run it.</summary>
internal static class SnapshotTool
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <exception cref="RowException">It failed, or its snapshot is incomplete: a figure of half a snapshot is none.</exception>
    public static async Task<SnapshotTaken> TakeAsync(int pid, string engine, bool isMemorySampled, CancellationToken cancellationToken)
    {
        string file = Path.Join(Path.GetTempPath(), $"heapdrift-bench-{Environment.ProcessId}-{Guid.NewGuid():N}.json");
        try
        {
            long started = Stopwatch.GetTimestamp();
            await using ChildProcess process = ChildProcess.Start(new ChildProcessStart(
                RepositoryPaths.HeapDrift,
                "snapshot", "--pid", pid.ToString(CultureInfo.InvariantCulture), "--engine", engine, "--format", "json", "--output", file)
            {
                Environment = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null },
            });
            process.CloseInput();
            Task<ProcessExit> exiting = process.WaitForExitAsync(Deadline);
            long peak = isMemorySampled ? await PeakMemory.OfTreeAsync(process.Id, exiting, cancellationToken) : 0;
            ProcessExit exit = await exiting.WaitAsync(cancellationToken);
            TimeSpan wall = Stopwatch.GetElapsedTime(started);
            if (exit.Code != 0)
            {
                throw new RowException(
                    $"heapdrift snapshot --engine {engine}: {exit}: {string.Join(' ', process.StderrLines)}");
            }

            SnapshotTaken taken = JsonSerializer.Deserialize<SnapshotTaken>(await File.ReadAllTextAsync(file, cancellationToken), Json)
                ?? throw new RowException($"heapdrift snapshot --engine {engine} left an empty document");
            return taken.Complete
                ? taken with { Wall = wall, PeakToolBytes = peak }
                : throw new RowException($"heapdrift snapshot --engine {engine}: exit code 0, but the snapshot is incomplete");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
