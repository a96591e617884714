using System.Collections.Concurrent;
using System.Text.Json;
using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Export;

/// <summary>
/// The reports that wait on disk: everything that touches files of the backlog. Reports go by the names of their folders. A few that the disk
/// did not take are held in memory, under the same verbs.
/// </summary>
internal sealed class UndeliveredFolder(string folder)
{
    /// <summary>A full disk is put right within hours; a report has up to 3 MB on disk and several times that in memory.</summary>
    private const int MostHeld = 4;

    /// <summary>A report of 10,000 types has about 3 MB.</summary>
    private const long MostBytes = 16 << 20;

    private readonly ConcurrentDictionary<string, (UndeliveredMark Mark, CaptureReport Report)> _held = new(StringComparer.Ordinal);

    /// <summary>Those that are on no disk.</summary>
    public IEnumerable<string> Held => _held.Keys;

    /// <summary>False when too many are held already.</summary>
    public bool TryHold(CaptureReport report, UndeliveredMark mark) => _held.Count < MostHeld && _held.TryAdd(report.CaptureId, (mark, report));

    public bool IsHeld(string report) => _held.ContainsKey(report);

    /// <summary>The oldest first: names begin with the time. Hidden folders are not finished yet.</summary>
    /// <param name="isExpected">False where it does not matter that there is no folder: there was no capture yet.</param>
    /// <exception cref="IOException">For example no file descriptor is left.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public string[] Find(bool isExpected) => !isExpected && !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))
            .Where(name => CaptureId.IsOne(name) && Path.Exists(MarkOf(name))).Concat(_held.Keys).Order(StringComparer.Ordinal),
    ];

    public string PathOf(string report) => Path.GetFullPath(Path.Join(folder, report));

    /// <summary>For a person.</summary>
    public string Describe(string report) => IsHeld(report) ? $"the report of capture {report}, which is in memory only," : $"the report in {PathOf(report)}";

    /// <summary>0 where it cannot be told.</summary>
    public long BytesOf(string report)
    {
        try
        {
            return IsHeld(report) ? 0 : new FileInfo(Path.Join(folder, report, ReportFolder.JsonFile)).Length;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <exception cref="InvalidDataException">It is damaged, or gone: another time would be no better.</exception>
    /// <exception cref="DirectoryNotFoundException">The whole folder is gone.</exception>
    /// <exception cref="IOException">It cannot be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public CaptureReport ReadReport(string report)
    {
        if (_held.TryGetValue(report, out (UndeliveredMark Mark, CaptureReport Report) held))
        {
            return held.Report;
        }

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
    public UndeliveredMark ReadMark(string report) =>
        _held.TryGetValue(report, out (UndeliveredMark Mark, CaptureReport Report) held) ? held.Mark
        : Directory.Exists(MarkOf(report)) ? throw new InvalidDataException($"{UndeliveredMark.FileName} is a directory")
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
    public void Write(string report, UndeliveredMark mark)
    {
        if (_held.TryGetValue(report, out (UndeliveredMark Mark, CaptureReport Report) held))
        {
            _held[report] = (mark, held.Report);
            return;
        }

        WholeFile.Write(MarkOf(report), mark.ToJson());
    }

    /// <exception cref="IOException">For example the file system is read-only.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Unmark(string report)
    {
        if (!_held.TryRemove(report, out _))
        {
            File.Delete(MarkOf(report));
        }
    }

    /// <summary>The mark stays under another name: whoever gives it back the old one has the report sent after all.</summary>
    /// <inheritdoc cref="Unmark"/>
    public void SetAside(string report)
    {
        if (!_held.TryRemove(report, out _))
        {
            File.Move(MarkOf(report), Path.Join(folder, report, UndeliveredMark.RefusedFileName), overwrite: true);
        }
    }

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
