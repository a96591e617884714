using System.Diagnostics;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// Removes what copies leave behind: a zombie is the child of the worker, which knows nothing of it and never waits for it. So the wait is
/// made in the worker's main thread.
/// </summary>
internal static class CopyReaper
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromMilliseconds(200);

    /// <summary>For a killed copy to give back its memory.</summary>
    private static readonly TimeSpan DeathDeadline = TimeSpan.FromSeconds(5);

    private const int SigKill = 9;

    /// <summary>Whether a copy is left in a worker, dead or alive, that nobody reads. Reads only.</summary>
    public static bool FindsAny(int workerPid) => Copies(workerPid).Count != 0;

    /// <summary>
    /// Kills and reaps every copy of the worker but those that another tool is reading, to which it would be a heap with nothing in it. Without
    /// any, the worker is not touched.
    /// </summary>
    /// <returns>How many were reaped.</returns>
    /// <exception cref="FreezeException">They could not be reaped; another attempt may succeed.</exception>
    public static int Sweep(int workerPid)
    {
        if (Copies(workerPid).Count == 0)
        {
            return 0;
        }

        int reaped = 0;
        using (TracerThread.Start($"reaper of {workerPid}", _ => reaped = Reap(workerPid, Dead(workerPid))))
        {
            return reaped;
        }
    }

    private static int Reap(int workerPid, List<ProcessStatus> dead)
    {
        if (dead.Count == 0)
        {
            return 0;
        }

        Failures.ThrowIfUnsuitable(workerPid);
        using var memory = new WorkerMemory(workerPid);
        var call = new InjectedCall(workerPid, memory, StubPlace.Find(workerPid, memory));
        using StoppedWorker worker = StoppedWorker.StopMainThread(workerPid, StopDeadline);

        // By the pid that the worker knows; in a container it is another one than ours.
        return dead.Count(copy => call.Run(worker, SystemCall.Reap(copy.NamespacePid)) == copy.NamespacePid);
    }

    /// <summary>Zombies that no tracer still has to wait for.</summary>
    private static List<ProcessStatus> Dead(int workerPid)
    {
        long began = Stopwatch.GetTimestamp();
        var pause = default(SpinWait);
        while (true)
        {
            List<ProcessStatus> copies = Copies(workerPid);
            List<ProcessStatus> dead = copies.FindAll(copy => copy is { State: 'Z', IsTraced: false });
            if (dead.Count == copies.Count || Stopwatch.GetElapsedTime(began) > DeathDeadline)
            {
                return dead;
            }

            foreach (ProcessStatus living in copies.Where(copy => !copy.HasExited))
            {
                Ptrace.Kill(living.Pid, SigKill);
            }

            pause.SpinOnce();
        }
    }

    private static List<ProcessStatus> Copies(int workerPid)
    {
        var proc = new ProcFileSystem();
        return
        [
            .. proc.EnumeratePids()
                .Select(pid => proc.TryReadStatus(pid).Value)
                .OfType<ProcessStatus>()
                .Where(status => status.ParentPid == workerPid && status.State != 'X' && proc.TryReadStat(status.Pid) is { IsSilentCopy: true } && !IsBeingRead(status, proc)),
        ];
    }

    /// <summary>A tool that was stopped (SIGSTOP, or Ctrl+Z in its terminal) reads nothing, and its copy costs the worker more and more.</summary>
    private static bool IsBeingRead(ProcessStatus copy, ProcFileSystem proc) =>
        copy is { IsTraced: true, HasExited: false } && proc.TryReadStatus(copy.TracerPid).Value is { HasExited: false, State: not 'T' };
}
