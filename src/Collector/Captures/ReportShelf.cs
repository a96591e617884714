namespace HeapDrift.Collector.Captures;

/// <summary>The reports of an output folder, the newest kept: an agent runs for months.</summary>
internal static class ReportShelf
{
    /// <summary>Deletes the oldest reports beyond a number. What is not a capture's folder is left alone.</summary>
    public static void Clear(string outputDirectory, int mostReports)
    {
        string[] reports = [.. Directory.EnumerateDirectories(outputDirectory).Where(folder => CaptureId.IsOne(Path.GetFileName(folder))).Order(StringComparer.Ordinal)];
        foreach (string old in reports.SkipLast(mostReports))
        {
            Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>The file of one report; null where there is none, and for what is not the name of a capture.</summary>
    public static string? Find(string outputDirectory, string captureId)
    {
        string file = Path.Join(outputDirectory, captureId, ReportFolder.JsonFile);
        return CaptureId.IsOne(captureId) && File.Exists(file) ? file : null;
    }
}
