using System.Globalization;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// Clears away what is left of a copy in its worker. A dead process stays in the table of its parent until that asks for it; the worker never
/// will, so one of its threads is made to. Copies are known by their exit signal, which no process that a program starts for itself has.
/// </summary>
internal static class CopyReaper
{
    private const ulong Wait4Call = 61;

    /// <summary>__WALL | WNOHANG (include/uapi/linux/wait.h): of whatever kind, and without waiting.</summary>
    private const ulong WaitOptions = 0x40000001;

    private static readonly TimeSpan StopDeadline = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a killed copy may take to free its memory: 0.1 s per GB.</summary>
    private static readonly TimeSpan DeathDeadline = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether something of ours is left in a worker. Reads only.</summary>
    public static bool FindsAny(int workerPid) => Copies(workerPid).Any();

    /// <summary>
    /// Nothing happens to a worker that has nothing left of ours. Not to be called in a process that may be the worker's parent: whoever waits
    /// for its children there would take the stops of the borrowed thread for the end of the worker.
    /// </summary>
    /// <returns>How many were cleared away.</returns>
    public static int Sweep(int workerPid)
    {
        int[] copies = [.. Copies(workerPid).Select(copy => copy.Pid)];
        if (copies.Length == 0)
        {
            return 0;
        }

        foreach (int copy in copies)
        {
            Ptrace.Kill(copy);
        }

        WaitForDeath(workerPid);
        int reaped = 0;

        // A thread of its own, because a tracer is a thread and not a process.
        var tracer = new Thread(() => reaped = copies.Count(copy => TryReap(workerPid, copy))) { IsBackground = true, Name = "reaper" };
        tracer.Start();
        tracer.Join();
        return reaped;
    }

    private static void WaitForDeath(int workerPid)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (Copies(workerPid).Any(copy => copy.State is not 'Z') && TimeProvider.System.GetElapsedTime(started) < DeathDeadline)
        {
            Task.Delay(LookInterval).Wait();
        }
    }

    private static bool TryReap(int workerPid, int copy)
    {
        foreach (int thread in Threads(workerPid))
        {
            try
            {
                ulong place = StubPlace.Find(workerPid);
                using var threads = new StoppedThreads(workerPid);
                threads.Seize(thread);
                threads.Stop(StopDeadline);
                if (threads.Borrow() is { } borrowed
                    && new BorrowedCall(threads, borrowed, place).Run(Wait4Call, isFork: false, [(ulong)copy, 0, WaitOptions, 0]) is { } result and not (<= -512 and >= -516))
                {
                    return result == copy;
                }
            }
            catch (FreezeException)
            {
                // Another thread may be more willing; and if none is, the next sweep finds the copy again.
            }
        }

        return false;
    }

    private static int[] Threads(int pid)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{pid}/task").Select(path => int.Parse(Path.GetFileName(path.AsSpan()), CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Children of the worker with exit signal 0, from <c>/proc/PID/stat</c> (proc_pid_stat(5)): state is field 3, parent 4, exit signal 38.</summary>
    private static IEnumerable<(int Pid, char State)> Copies(int workerPid)
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && TryReadFields(pid) is [[var state, ..], var parent, ..] fields
                && int.Parse(parent, CultureInfo.InvariantCulture) == workerPid
                && fields is { Length: > 35 } && fields[35] == "0")
            {
                yield return (pid, state);
            }
        }
    }

    /// <summary>From the third field on: the name before it may contain anything.</summary>
    private static string[]? TryReadFields(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
