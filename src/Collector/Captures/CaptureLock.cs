using System.Globalization;
using HeapDrift.Collector.Engines;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Captures;

/// <summary>
/// One capture per worker at a time, also among processes: an advisory lock (flock) on a file that the kernel releases when its holder
/// dies. The file stays; removing it would let a third process lock another one of the same name.
/// </summary>
internal static class CaptureLock
{
    /// <returns>
    /// Null where there is no folder for such files, as in a container that may not write: a capture is worth more than the lock, and no two tracers get hold of
    /// one worker anyway.
    /// </returns>
    /// <exception cref="SnapshotException">Another capture of this worker is running.</exception>
    public static IDisposable? TryTake(int pid, long startTimeTicks)
    {
        // A folder per user: a file of another user's could not be opened for writing.
        string folder = Path.Join(Path.GetTempPath(), $"heapdrift-locks-{CurrentUser.Name}");
        string file = Path.Join(folder, string.Create(CultureInfo.InvariantCulture, $"{pid}-{startTimeTicks}"));
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(file))
        {
            throw new SnapshotException(
                CaptureOutcome.Failed, $"another capture of process {pid} is running: wait for its report, or end it first", taken);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
