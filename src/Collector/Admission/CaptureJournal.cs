using System.Text.Json;
using HeapDrift.Collector.Captures;

namespace HeapDrift.Collector.Admission;

/// <summary>
/// The agent's books about captures: what was promised and is not done, and what ended how. On disk after every change, so that cooldown,
/// budget and promises outlive the agent. Not thread-safe; its owner holds a lock.
/// </summary>
internal sealed class CaptureJournal
{
    /// <summary>Hidden, beside the folders of the reports.</summary>
    public const string FileName = ".agent-captures.json";

    /// <summary>Twice the largest budget of a day; about 300 bytes each.</summary>
    private const int MostEnded = 2_000;

    private readonly string _path;
    private readonly Action<string> _complain;
    private readonly List<CaptureOrder> _open;
    private readonly List<CaptureLine> _ended;

    private CaptureJournal(string path, CaptureBooks books, Action<string> complain)
    {
        _path = path;
        _complain = complain;
        _open = [.. books.Open];
        _ended = [.. books.Ended];
    }

    /// <summary>Promised and not done, oldest first.</summary>
    public IReadOnlyList<CaptureOrder> Open => _open;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<CaptureLine> Ended => _ended;

    /// <summary>Opens the books of an earlier agent, or new ones. Books that cannot be read are set aside and said.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static CaptureJournal Load(string outputDirectory, Action<string> complain)
    {
        Directory.CreateDirectory(outputDirectory);
        string path = Path.Join(outputDirectory, FileName);
        return new(path, TryRead(path, complain) ?? new CaptureBooks { Open = [], Ended = [] }, complain);
    }

    public void Promise(CaptureOrder order)
    {
        _open.Add(order);
        Save();
    }

    /// <summary>Puts a changed order in the place of the old one.</summary>
    public void Replace(CaptureOrder order)
    {
        int at = _open.FindIndex(known => known.CaptureId == order.CaptureId);
        _open[at] = order;
        Save();
    }

    public void End(CaptureOrder order, CaptureLine line)
    {
        _open.RemoveAll(known => known.CaptureId == order.CaptureId);
        _ended.Add(line);
        _ended.RemoveRange(0, Math.Max(0, _ended.Count - MostEnded));
        Save();
    }

    private static CaptureBooks? TryRead(string path, Action<string> complain)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), AgentJson.Readable.CaptureBooks) : null;
        }
        catch (JsonException broken)
        {
            string aside = path + ".broken";
            File.Move(path, aside, overwrite: true);
            complain($"the agent's books {path} cannot be read ({broken.Message}); they were put aside as {aside}, and cooldown and budget start anew");
            return null;
        }
    }

    /// <summary>A full disk costs the memory of a later agent, not the captures of this one.</summary>
    private void Save()
    {
        try
        {
            // Somebody may have cleared everything away, the folder too; the reports make it again as well.
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            WholeFile.Write(_path, JsonSerializer.Serialize(new CaptureBooks { Open = _open, Ended = _ended }, AgentJson.Readable.CaptureBooks));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            _complain($"the agent's books {_path} cannot be written ({failed.Message}): after a restart it will not know of its last captures");
        }
    }
}

/// <summary>The file.</summary>
internal sealed record CaptureBooks
{
    public int SchemaVersion { get; init; } = 1;

    public required IReadOnlyList<CaptureOrder> Open { get; init; }

    public required IReadOnlyList<CaptureLine> Ended { get; init; }
}
