using System.Globalization;
using System.Text.Json;
using HeapDrift.TestKit;

namespace HeapDrift.LeakScore;

/// <summary>One program of the gallery, started, captured by the built <c>heapdrift</c> while it serves, and judged.</summary>
internal static class Trial
{
    /// <summary>On top of the window: two or more snapshots of a small heap on a machine that does other things too.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="label">Whom to try.</param>
    /// <param name="window">As the command line takes it: <c>6s</c>.</param>
    /// <param name="engine">As the command line takes it.</param>
    /// <param name="output">Where the report goes.</param>
    /// <param name="cancellationToken">Ends the processes too.</param>
    public static async Task<Judgement> RunAsync(Label label, string window, string engine, string output, CancellationToken cancellationToken)
    {
        try
        {
            await using ChildProcess worker = ChildProcess.Start(new ChildProcessStart(Path.Join(RepositoryPaths.Output("LeakGallery"), "LeakGallery"), label.Name));
            await worker.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), Deadline).WaitAsync(cancellationToken);
            Report report = await CaptureAsync(worker.Id, window, engine, output, cancellationToken);
            return worker.HasExited ? Judge.Failed(label, $"the program ended while it was captured: {worker.Describe()}")
                : report.Outcome != "completed" ? Judge.Failed(label, $"the capture's outcome is {report.Outcome}")
                : Judge.Compare(label, report, label.File is null ? new HashSet<int>() : SourceLines.Of(label.File));
        }
        catch (Exception failed) when (failed is TimeoutException or InvalidOperationException or InvalidDataException or JsonException)
        {
            return Judge.Failed(label, failed.Message);
        }
    }

    private static async Task<Report> CaptureAsync(int pid, string window, string engine, string output, CancellationToken cancellationToken)
    {
        await using ChildProcess tool = ChildProcess.Start(new ChildProcessStart(
            RepositoryPaths.HeapDrift,
            "capture", "--pid", pid.ToString(CultureInfo.InvariantCulture), "--window", window, "--engine", engine, "--format", "json", "--output", output)
        {
            Environment = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null },
        });
        tool.CloseInput();
        ProcessExit exit = await tool.WaitForExitAsync(Deadline).WaitAsync(cancellationToken);
        return exit.Code == 0
            ? JsonSerializer.Deserialize<Report>(string.Join('\n', tool.StdoutLines), Json) ?? throw new InvalidDataException("the report is empty")
            : throw new InvalidDataException($"heapdrift capture: {exit}: {string.Join(' ', tool.StderrLines)}");
    }
}
