using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Captures;

/// <summary>
/// Puts a report on disk, whole or not at all: the files are written to a hidden folder that is renamed when all of them are there.
/// </summary>
internal sealed class ReportFolder
{
    public const string JsonFile = "report.json";
    public const string TextFile = "report.txt";

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
    /// <param name="report">Written twice, for programs and for people.</param>
    /// <param name="companion">Null where the report is all there is.</param>
    /// <exception cref="IOException">For example no space is left. Nothing stays behind.</exception>
    public void Write(CaptureReport report, ReportCompanion? companion = null)
    {
        try
        {
            File.WriteAllText(System.IO.Path.Join(_hidden, JsonFile), JsonSerializer.Serialize(report, CaptureJson.Readable.CaptureReport));
            File.WriteAllText(System.IO.Path.Join(_hidden, TextFile), ReportText.Render(report));
            if (companion is not null)
            {
                File.WriteAllText(System.IO.Path.Join(_hidden, companion.FileName), companion.Content);
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

    private static string Hidden(string outputDirectory, string captureId) => System.IO.Path.Join(outputDirectory, "." + captureId);

    private static void Discard(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
