using System.Text.Json;
using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Export;

/// <summary>The reports that wait on disk: everything that touches files of the backlog. Reports go by the names of their folders.</summary>
internal sealed class UndeliveredFolder(string folder)
{
    /// <summary>A report of 10,000 types has about 3 MB.</summary>
    private const long MostBytes = 16 << 20;

    /// <summary>The oldest first: names begin with the time. Hidden folders are not finished yet.</summary>
    /// <exception cref="IOException">For example no file descriptor is left.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public string[] Find() => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))
            .Where(name => CaptureId.IsOne(name) && Path.Exists(MarkOf(name))).Order(StringComparer.Ordinal),
    ];

    public string PathOf(string report) => Path.GetFullPath(Path.Join(folder, report));

    /// <exception cref="InvalidDataException">It is damaged, or gone: another time would be no better.</exception>
    /// <exception cref="DirectoryNotFoundException">The whole folder is gone.</exception>
    /// <exception cref="IOException">It cannot be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public CaptureReport ReadReport(string report)
    {
        try
        {
            string json = ReadText(Path.Join(folder, report, ReportFolder.JsonFile));
            return JsonSerializer.Deserialize(json, CaptureJson.Compact.CaptureReport) ?? throw new InvalidDataException($"{ReportFolder.JsonFile} is null");
        }
        catch (FileNotFoundException gone)
        {
            throw new InvalidDataException($"{ReportFolder.JsonFile} is gone", gone);
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{ReportFolder.JsonFile} is no report of this version: {broken.Message}", broken);
        }
    }

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DirectoryNotFoundException">Likewise.</exception>
    /// <exception cref="IOException">It cannot be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public UndeliveredMark ReadMark(string report) => Directory.Exists(MarkOf(report))
        ? throw new InvalidDataException($"{UndeliveredMark.FileName} is a directory")
        : UndeliveredMark.Parse(ReadText(MarkOf(report)));

    /// <summary>Puts a mark where something else lies, which is kept.</summary>
    /// <inheritdoc cref="Write"/>
    public void Replace(string report, UndeliveredMark mark)
    {
        string aside = Path.Join(folder, report, UndeliveredMark.BrokenFileName);
        if (Directory.Exists(MarkOf(report)))
        {
            Directory.Move(MarkOf(report), aside);
        }
        else
        {
            File.Move(MarkOf(report), aside, overwrite: true);
        }

        Write(report, mark);
    }

    /// <exception cref="IOException">For example the disk is full; the older mark is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Write(string report, UndeliveredMark mark) => WholeFile.Write(MarkOf(report), mark.ToJson());

    /// <exception cref="IOException">For example the file system is read-only.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Unmark(string report) => File.Delete(MarkOf(report));

    /// <summary>The mark stays under another name: whoever gives it back the old one has the report sent after all.</summary>
    /// <inheritdoc cref="Unmark"/>
    public void SetAside(string report) => File.Move(MarkOf(report), Path.Join(folder, report, UndeliveredMark.RefusedFileName), overwrite: true);

    private string MarkOf(string report) => Path.Join(folder, report, UndeliveredMark.FileName);

    private static string ReadText(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > MostBytes)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)} has {stream.Length} bytes");
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
