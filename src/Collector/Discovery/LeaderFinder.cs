using HeapDrift.Profiling;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Discovery;

/// <summary>
/// Finds who leads a worker: the nearest process above it that runs the same program, as a pre-fork server does, or that a rule names. Not
/// every parent is a leader: a shell, an init process or a container's shim only started it.
/// </summary>
internal sealed class LeaderFinder(ProcFileSystem proc, WatchRules rules)
{
    /// <summary>Null where the worker has none. Reads three small files for each step up.</summary>
    /// <param name="parentPid">Of the worker.</param>
    /// <param name="program">That the worker runs.</param>
    public int? Find(int parentPid, RunningProgram program)
    {
        int above = parentPid;
        for (int step = 0; above > 0 && step < Limits.Ancestors; step++)
        {
            if (proc.TryReadStatus(above) is not { IsPresent: true, Value: { HasExited: false } status })
            {
                return null;
            }

            RunningProgram candidate = RunningProgram.Read(proc, above, status.Name);
            if (candidate.IsSameAs(program) || rules.IsLeader(above, candidate))
            {
                return above;
            }

            above = status.ParentPid;
        }

        return null;
    }

    /// <summary>Whether a rule makes children of this process workers.</summary>
    public bool IsLeaderByRule(int pid) =>
        rules.HaveLeaders && proc.TryReadStatus(pid).Value is { } status && rules.IsLeader(pid, RunningProgram.Read(proc, pid, status.Name));
}
