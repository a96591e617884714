using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;

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

    /// <summary>Reading and writing it takes milliseconds.</summary>
    private const int LockAttempts = 40;

    private static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(50);

    private readonly string _path = Path.Join(outputDirectory, FileName);

    /// <summary>Nothing where there is no file, or none that can be read.</summary>
    public LeakMemory Read()
    {
        try
        {
            var file = new FileInfo(_path);
            if (!file.Exists || file.Length > MostBytes)
            {
                return new LeakMemory();
            }

            using FileStream stream = file.OpenRead();
            return JsonSerializer.Deserialize(stream, CaptureJson.Compact.LeakMemory) ?? new LeakMemory();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return new LeakMemory();
        }
    }

    /// <summary>Adds what a capture found.</summary>
    /// <returns>Why it could not be remembered, in a sentence; null where it was.</returns>
    public async Task<string?> RememberAsync(Func<LeakMemory, LeakMemory> add)
    {
        try
        {
            await using FileStream only = await LockAsync();
            SetAsideIfUnreadable();
            WholeFile.Write(_path, JsonSerializer.Serialize(add(Read()), CaptureJson.Readable.LeakMemory));
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return $"what was found cannot be remembered in {_path}: {failed.Message}";
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

    /// <summary>Somebody edited it, or it is of a version to come: it may be worth something to them.</summary>
    private void SetAsideIfUnreadable()
    {
        try
        {
            using FileStream stream = File.OpenRead(_path);
            if (JsonSerializer.Deserialize(stream, CaptureJson.Compact.LeakMemory) is { SchemaVersion: LeakMemory.CurrentSchemaVersion })
            {
                return;
            }
        }
        catch (FileNotFoundException)
        {
            return;
        }
        catch (JsonException)
        {
            // It is none of ours.
        }

        File.Move(_path, $"{_path}.unreadable", overwrite: true);
    }
}
