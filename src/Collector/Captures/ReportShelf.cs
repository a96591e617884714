using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Captures;

/// <summary>The reports of an output folder, the newest kept: an agent runs for months.</summary>
internal static class ReportShelf
{
    /// <summary>Deletes the oldest reports beyond a number. What is not a capture's folder is left alone.</summary>
    /// <returns>Why some are still there; null where none is.</returns>
    public static string? Clear(string outputDirectory, int mostReports)
    {
        string? complaint = null;
        try
        {
            string[] reports = [.. Directory.EnumerateDirectories(outputDirectory).Where(folder => CaptureId.IsOne(Path.GetFileName(folder))).Order(StringComparer.Ordinal)];
            foreach (string old in reports.SkipLast(mostReports))
            {
                complaint = TryDelete(old) ?? complaint;
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            complaint = $"old reports in {outputDirectory} cannot be looked for: {failed.Message}";
        }

        return complaint;
    }

    /// <summary>The file of one report; null where there is none, and for what is not the name of a capture.</summary>
    /// <param name="outputDirectory">Where the folders of captures are.</param>
    /// <param name="captureId">As somebody gave it.</param>
    /// <param name="name">One of the names of <see cref="ReportFolder"/>.</param>
    public static string? Find(string outputDirectory, string captureId, string name = ReportFolder.JsonFile)
    {
        string file = Path.Join(outputDirectory, captureId, name);
        return CaptureId.IsOne(captureId) && File.Exists(file) ? file : null;
    }

    /// <summary>Null where there is none that can be read.</summary>
    public static CaptureReport? TryRead(string outputDirectory, string captureId)
    {
        try
        {
            return Find(outputDirectory, captureId) is { } file ? JsonSerializer.Deserialize(File.ReadAllText(file), CaptureJson.Compact.CaptureReport) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return $"the old report {folder} cannot be deleted: {failed.Message}";
        }
    }
}
