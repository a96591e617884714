using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Captures;

/// <summary>
/// The file in the output folder that remembers leaks. Several processes may write to one folder: a lock beside the file orders them. What cannot be
/// read is set aside and not written over; a capture never fails for it.
/// </summary>
internal sealed class LeakStore(string outputDirectory, TimeProvider clock)
{
    public const string FileName = "known-leaks.json";

    /// <summary>300 bytes for each leak that is remembered at most.</summary>
    private const long MostBytes = 16 << 20;

    /// <summary>Whoever has not looked at ten will not look at the next one either, and they take room.</summary>
    private const int MostSetAside = 10;

    /// <summary>Reading and writing it takes milliseconds.</summary>
    private const int LockAttempts = 40;

    private static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(50);

    private readonly string _path = Path.Join(outputDirectory, FileName);

    /// <summary>Nothing where there is no file, or none that can be read.</summary>
    public LeakMemory Read()
    {
        try
        {
            return TryRead() ?? new LeakMemory();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new LeakMemory();
        }
    }

    /// <summary>Adds what a capture found.</summary>
    /// <returns>What the operator should know of it, in a sentence; null where all is well.</returns>
    public async Task<string?> RememberAsync(Func<LeakMemory, LeakMemory> add)
    {
        try
        {
            await using FileStream only = await LockAsync();
            (LeakMemory known, string? complaint) = Open();
            WholeFile.Write(_path, JsonSerializer.Serialize(add(known), CaptureJson.Readable.LeakMemory));
            return complaint;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return $"what was found cannot be remembered in {_path}: {failed.Message}";
        }
    }

    /// <summary>What is known; what cannot be read goes out of the way first, and then it is said where to.</summary>
    private (LeakMemory Known, string? Complaint) Open()
    {
        try
        {
            return (TryRead() ?? new LeakMemory(), null);
        }
        catch (InvalidDataException unreadable)
        {
            string aside = SetAside();
            return (new LeakMemory(), $"{unreadable.Message}; it was set aside as {aside}, and leaks are remembered anew");
        }
    }

    /// <summary>Null where there is no file.</summary>
    /// <exception cref="InvalidDataException">It is none of ours.</exception>
    private LeakMemory? TryRead()
    {
        try
        {
            using FileStream stream = File.OpenRead(_path);
            return stream.Length > MostBytes
                ? throw new InvalidDataException($"{_path} is larger than the {ByteSize.Format(MostBytes)} that are read")
                : JsonSerializer.Deserialize(stream, CaptureJson.Compact.LeakMemory) switch
                {
                    { SchemaVersion: not LeakMemory.CurrentSchemaVersion and int version } => throw new InvalidDataException($"{_path} has the unknown version {version}"),
                    { IsSound: true } known => known,
                    _ => throw new InvalidDataException($"{_path} lacks what every leak has"),
                };
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"{_path} is not a list of leaks: {malformed.Message}", malformed);
        }
    }

    private async Task<FileStream> LockAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream($"{_path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < LockAttempts && File.Exists($"{_path}.lock"))
            {
                await Task.Delay(LockWait, clock);
            }
        }
    }

    /// <summary>Somebody edited it, or it is of a version to come: it may be worth something to them, as may be what was set aside before.</summary>
    private string SetAside()
    {
        string[] places = [.. Enumerable.Range(1, MostSetAside).Select(number => number == 1 ? $"{_path}.unreadable" : $"{_path}.unreadable-{number}")];
        string place = places.FirstOrDefault(place => !File.Exists(place))
            ?? throw new IOException($"it cannot be read, and {places.Length} others are set aside already: look at them and delete them");
        File.Move(_path, place);
        return place;
    }
}
