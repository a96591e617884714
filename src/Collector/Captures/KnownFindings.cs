using System.Text.Json;
using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Captures;

/// <summary>Which leaks the earlier reports of an output folder name. What cannot be read there is not known.</summary>
internal static class KnownFindings
{
    /// <summary>The names of report folders begin with the time, so that the last ones are the newest.</summary>
    private const int MostReports = 100;

    /// <summary>A report of 10,000 types has about 3 MB.</summary>
    private const long MostBytes = 16 << 20;

    public static IReadOnlySet<string> Read(string outputDirectory)
    {
        var fingerprints = new HashSet<string>(StringComparer.Ordinal);
        foreach (string folder in Directory.EnumerateDirectories(outputDirectory).Order(StringComparer.Ordinal).TakeLast(MostReports))
        {
            fingerprints.UnionWith(ReadReport(new FileInfo(Path.Join(folder, ReportFolder.JsonFile))));
        }

        return fingerprints;
    }

    private static string[] ReadReport(FileInfo file)
    {
        try
        {
            if (!file.Exists || file.Length > MostBytes)
            {
                return [];
            }

            using FileStream stream = file.OpenRead();
            return JsonSerializer.Deserialize(stream, CaptureJson.Compact.CaptureReport)?.Findings.Select(finding => finding.Fingerprint).ToArray() ?? [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }
}
