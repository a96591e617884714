using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Flames;
using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Reports.Html;

namespace HeapDrift.Collector.Captures;

/// <summary>
/// Puts a report on disk, whole or not at all: the files are written to a hidden folder that is renamed when all of them are there.
/// </summary>
internal sealed class ReportFolder
{
    public const string JsonFile = "report.json";
    public const string TextFile = "report.txt";
    public const string HtmlFile = "report.html";
    public const string GrowthFile = "growth.speedscope.json";
    public const string AllocationsFile = "allocations.speedscope.json";

    private readonly string _hidden;

    private ReportFolder(string path, string hidden)
    {
        Path = path;
        _hidden = hidden;
    }

    /// <summary>Where the report lies once it is written.</summary>
    public string Path { get; }

    /// <summary>Before the worker is touched: a folder that cannot be written to would make the whole capture worthless.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static ReportFolder Prepare(string outputDirectory, string captureId)
    {
        string hidden = Hidden(outputDirectory, captureId);
        Directory.CreateDirectory(hidden);
        return new ReportFolder(System.IO.Path.GetFullPath(System.IO.Path.Join(outputDirectory, captureId)), hidden);
    }

    /// <summary>In the place of what an earlier attempt at the same capture left: one that was taken back when its agent stopped.</summary>
    /// <param name="report">Written for programs, for people at a terminal and for people at a browser.</param>
    /// <param name="companion">Null where the report is all there is.</param>
    /// <param name="evidence">Null where nothing was compared.</param>
    /// <exception cref="IOException">For example no space is left. Nothing stays behind.</exception>
    public void Write(CaptureReport report, ReportCompanion? companion = null, ReportEvidence? evidence = null)
    {
        try
        {
            WriteFile(JsonFile, JsonSerializer.Serialize(report, CaptureJson.Readable.CaptureReport));
            WriteFile(TextFile, ReportText.Render(report));
            WriteFile(HtmlFile, ReportPage.Render(report, evidence ?? ReportEvidence.None));
            WriteGraph(GrowthFile, evidence?.Growth?.Graph, $"growth of {report.Worker.Name} by path, capture {report.CaptureId}");
            WriteGraph(AllocationsFile, AllocationFlame.Of(evidence?.Survivors ?? []), $"surviving allocations of {report.Worker.Name}, capture {report.CaptureId}");
            if (companion is not null)
            {
                WriteFile(companion.FileName, companion.Content);
            }

            Discard(Path);
            Directory.Move(_hidden, Path);
        }
        catch
        {
            Discard();
            throw;
        }
    }

    /// <summary>Takes back what an agent had made that was killed, as far as that can be done.</summary>
    public static void Discard(string outputDirectory, string captureId)
    {
        try
        {
            Discard(Hidden(outputDirectory, captureId));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // A hidden folder more or less; whoever keeps it from going will hear of it elsewhere.
        }
    }

    /// <summary>Takes back what <see cref="Prepare"/> made.</summary>
    public void Discard() => Discard(_hidden);

    private void WriteGraph(string name, FlameGraph? graph, string title)
    {
        if (graph is not null)
        {
            WriteFile(name, Speedscope.Write(graph, title));
        }
    }

    private void WriteFile(string name, string content) => File.WriteAllText(System.IO.Path.Join(_hidden, name), content);

    private static string Hidden(string outputDirectory, string captureId) => System.IO.Path.Join(outputDirectory, "." + captureId);

    private static void Discard(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
