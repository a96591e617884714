using System.Collections.Immutable;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Discovery;

/// <summary>
/// Who is there, for somebody who asks every second on a host with thousands of processes: a scan lists the pids, and describes only
/// those that are new, young, or have not been looked at for long. A process is its pid and its start time. Scans come from one caller;
/// everybody may read what the last one found.
/// </summary>
internal sealed class WorkerInventory(WorkerDirectory directory, WatchRules rules, ProcFileSystem proc, TimeProvider clock, Action<string> complain)
{
    private const double TicksPerSecond = 100;

    /// <summary>
    /// A child looks like its parent until it runs a program of its own. Without a diagnostics socket, which a child has not, a process is
    /// taken for a worker only when it still looks like one after this.
    /// </summary>
    private static readonly TimeSpan Childhood = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Most of what starts on a busy host ends within a second, and to describe it takes ten times as long as to see that it is there. The next scan finds
    /// who has stayed.
    /// </summary>
    private static readonly TimeSpan Newborn = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, KnownProcess> _known = [];
    private readonly HashSet<int> _malformed = [];
    private ImmutableArray<Worker> _workers = [];

    /// <summary>Describes a single process anew.</summary>
    public WorkerDirectory Directory => directory;

    /// <summary>As of the last scan, in ascending order of pid.</summary>
    public ImmutableArray<Worker> Workers => _workers;

    /// <summary>Looks who has come, gone and changed. What cannot be understood of one process does not keep the others from being seen.</summary>
    /// <exception cref="IOException">This process itself cannot read, for example because it has no more file descriptors.</exception>
    public ImmutableArray<Worker> Scan()
    {
        if (rules.ReadPidFiles())
        {
            foreach (KnownProcess known in _known.Values)
            {
                known.Doubt();
            }
        }

        IReadOnlyList<int> pids = proc.EnumeratePids();
        TimeSpan? uptime = proc.TryReadUptime();
        foreach (int gone in _known.Keys.Except(pids).ToArray())
        {
            _known.Remove(gone);
        }

        _malformed.IntersectWith(pids);
        foreach (int pid in pids)
        {
            Visit(pid, uptime);
        }

        ImmutableInterlocked.InterlockedExchange(ref _workers, Group());
        return _workers;
    }

    /// <summary>The worker as it is now, ready to be captured, under the identity that its metrics have.</summary>
    /// <inheritdoc cref="WorkerDirectory.Get(int)"/>
    public Worker Get(int pid)
    {
        Worker now = directory.Get(pid);
        Worker? known = _workers.FirstOrDefault(worker => worker.Pid == pid && worker.StartTimeTicks == now.StartTimeTicks);
        return known is null ? now : now with { LeaderPid = known.LeaderPid, IsLeader = known.IsLeader, Resource = known.Resource };
    }

    private void Visit(int pid, TimeSpan? uptime)
    {
        try
        {
            // Of most processes, nothing is read in most scans.
            if (!_known.TryGetValue(pid, out KnownProcess? known) || known.Worker is not null || known.IsDue)
            {
                Look(pid, known, uptime);
            }
        }
        catch (InvalidDataException malformed)
        {
            if (_malformed.Add(pid))
            {
                complain($"process {pid} cannot be looked at: {malformed.Message}");
            }
        }
    }

    /// <summary>
    /// That a pid has a new owner is seen by the start time: of a worker at once, of another process when it is looked at next. For that not
    /// to be soon, all pids must have been given away within a second.
    /// </summary>
    private void Look(int pid, KnownProcess? known, TimeSpan? uptime)
    {
        if (proc.TryReadStat(pid) is not { } stat)
        {
            _known.Remove(pid);
            return;
        }

        if (known is null || known.StartTimeTicks != stat.StartTimeTicks)
        {
            TimeSpan age = uptime - TimeSpan.FromSeconds(stat.StartTimeTicks / TicksPerSecond) ?? TimeSpan.Zero;
            _known[pid] = known = new KnownProcess(stat.StartTimeTicks, age < TimeSpan.Zero ? TimeSpan.Zero : age, clock);
        }

        if (known.Worker is null && known.Age < Newborn && pid != Environment.ProcessId)
        {
            return;
        }

        if (!known.IsDue)
        {
            Refresh(pid, known);
            return;
        }

        bool isUnchanged = known.IsUnchanged(stat);
        known.Looked(stat);
        if (!isUnchanged)
        {
            Describe(pid, known);
        }
    }

    private void Describe(int pid, KnownProcess known)
    {
        known.Described();
        if (directory.TryDescribe(pid) is not { } seen || seen.Worker.StartTimeTicks != known.StartTimeTicks)
        {
            // Ended, a zombie, or its pid has a new owner: the next scan sees who it is.
            _known.Remove(pid);
            return;
        }

        known.IsSettled = !seen.HasMemory;
        bool isWorker = IsWorker(seen);
        known.IsChild = isWorker && !IsGrownUp(seen, known);
        if (!isWorker || known.IsChild)
        {
            known.Worker = null;
            return;
        }

        Lineage lineage = directory.Trace(seen);
        known.SharesInstanceId |= lineage.InheritsInstanceId;
        known.Worker = seen.Worker with { LeaderPid = lineage.LeaderPid };
    }

    private bool IsWorker(Sighting seen) =>
        seen is { HasMemory: true, IsFrozenCopy: false }
        && rules.MayWatch(seen)
        && (!seen.Program.IsHeapDrift || seen.Worker.IsSelf)
        && ((seen.Worker.IsDotNet && rules.IsWanted(seen.Worker)) || rules.IsCommand(seen.Program) || rules.IsLeader(seen.Worker.Pid, seen.Program) || directory.IsLedByRule(seen.Worker));

    private static bool IsGrownUp(Sighting seen, KnownProcess known) =>
        seen.Worker.Socket is not null || known.Descriptions > 1 || known.Age >= Childhood;

    /// <summary>What changes in a known worker is told by one small file.</summary>
    private void Refresh(int pid, KnownProcess known)
    {
        if (proc.TryReadStatus(pid).Value is not { HasExited: false, RssBytes: not null } status)
        {
            // Ended, or about to: its memory is gone already.
            _known.Remove(pid);
        }
        else if (status.ParentPid != known.Worker!.ParentPid)
        {
            // Its leader has ended.
            Describe(pid, known);
        }
        else
        {
            known.Worker = known.Worker with { Usr2 = status.Usr2, Threads = status.Threads };
        }
    }

    /// <summary>
    /// Of several workers with one instance id the oldest keeps it. Who has had to take another one keeps that, also when the oldest ends:
    /// a series must not change its name in the middle.
    /// </summary>
    private ImmutableArray<Worker> Group()
    {
        KnownProcess[] workers = [.. _known.Values.Where(known => known.Worker is not null)];
        HashSet<int> leaders = [.. workers.Select(known => known.Worker!.LeaderPid).OfType<int>()];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (KnownProcess known in workers.OrderBy(known => known.StartTimeTicks).ThenBy(known => known.Worker!.Pid))
        {
            known.SharesInstanceId |= known.Worker!.Resource.GetValueOrDefault(WorkerResource.InstanceId) is { } id && !taken.Add(id);
        }

        return [.. workers.Select(known => Publish(known, leaders)).OrderBy(worker => worker.Pid)];
    }

    private static Worker Publish(KnownProcess known, HashSet<int> leaders)
    {
        Worker worker = known.Worker! with { IsLeader = leaders.Contains(known.Worker!.Pid) };
        return known.SharesInstanceId ? worker.WithOwnInstanceId() : worker;
    }
}
