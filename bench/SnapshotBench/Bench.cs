using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using HeapDrift.SnapshotBench.Rows;

namespace HeapDrift.SnapshotBench;

/// <summary>Measures the rows that were asked for, one after the other, and prints the table even where some could not be measured.</summary>
internal static class Bench
{
    private const int NotMeasured = 1;

    /// <summary>128 + SIGINT, as a shell reports it.</summary>
    private const int Interrupted = 130;

    /// <summary>In the order of the table; those that share the large heap stand together.</summary>
    private static readonly (string Name, Func<BenchRun, Task<IReadOnlyList<Row>>> MeasureAsync)[] All =
    [
        ("pause", PauseRow.MeasureAsync),
        ("duration", DurationRow.MeasureAsync),
        ("memory", MemoryRow.MeasureAsync),
        ("counts", CountsRow.MeasureAsync),
        ("allocate", AllocateRow.MeasureAsync),
        ("tracking", TrackingRow.MeasureAsync),
        ("web", WebRow.MeasureAsync),
        ("watching", WatchingRow.MeasureAsync),
        ("agent", AgentRow.MeasureAsync),
    ];

    public static IReadOnlyList<string> RowNames { get; } = [.. All.Select(row => row.Name)];

    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        string machine = Machine.Describe();
        var rows = new List<Row>();
        var failures = new List<string>();
        await using var run = new BenchRun(options, cancellationToken);
        foreach (var (name, measureAsync) in All.Where(row => options.Only.Count == 0 || options.Only.Contains(row.Name)))
        {
            Screen.Progress($"row {name}");
            long started = Stopwatch.GetTimestamp();
            try
            {
                rows.AddRange(await measureAsync(run));
                Screen.Progress($"row {name} took {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Screen.Progress("interrupted; the workers are ended");
                return Interrupted;
            }
            catch (Exception failed) when (failed is RowException or TimeoutException or InvalidOperationException or IOException
                or InvalidDataException or JsonException or Win32Exception or UnauthorizedAccessException)
            {
                failures.Add($"row {name}: {failed.Message.ReplaceLineEndings(" ")}");
                Screen.Progress(failures[^1]);
            }
        }

        failures.AddRange(run.Failures);
        string title = $"`{options.Engine}`, {options.Objects:N0} objects. {machine}, {Machine.LoadAverage()} at the end.";
        Screen.Result(ResultTable.Render(title, rows, failures));
        return failures.Count == 0 ? 0 : NotMeasured;
    }
}
