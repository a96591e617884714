using System.Diagnostics;
using HeapDrift.Collector.Engines;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Discovery;

/// <summary>Describes processes by what the kernel and their diagnostics sockets tell. Reads only; no process notices. Keeps nothing; thread-safe.</summary>
internal sealed class WorkerDirectory(ProcFileSystem proc, WatchRules? rules = null, DiagnosticPort? port = null)
{
    /// <summary>
    /// In the environment of a process: which agent may watch it. <c>off</c> is none, another word the agent that has the same word in its own
    /// environment. Captures by hand work all the same.
    /// </summary>
    public const string AgentVariable = "HEAPDRIFT_AGENT";

    private readonly LeaderFinder _leaders = new(proc, rules ?? new WatchRules(new DiscoveryOptions()));

    /// <summary>All .NET processes that can be told as such, in ascending order of pid.</summary>
    public IEnumerable<Worker> List() =>
        proc.EnumeratePids().Select(TryDescribe).OfType<Sighting>().Where(seen => seen is { Worker.IsDotNet: true, IsFrozenCopy: false }).Select(seen => seen.Worker);

    /// <summary>The .NET process with this pid, ready to be captured.</summary>
    /// <exception cref="SnapshotException">There is none, or its heap cannot be read; the message says why and what to do.</exception>
    public Worker Get(int pid)
    {
        Refuse(proc.TryReadStatus(pid).Value);
        Sighting seen = TryDescribe(pid)
            ?? throw new SnapshotException(CaptureOutcome.NotFound, $"there is no process {pid}");
        if (seen is { Worker.Socket: not null, IsFrozenCopy: false })
        {
            return seen.Worker.With(Trace(seen));
        }

        throw seen switch
        {
            { IsFrozenCopy: true } => new SnapshotException(
                CaptureOutcome.NotFound, $"process {pid} is the frozen copy of process {seen.Worker.ParentPid} that a snapshot under way reads: it is no worker and soon gone"),
            { Worker.IsDotNet: true } => new SnapshotException(
                CaptureOutcome.NotPermitted,
                $"process {pid} ({seen.Worker.Name}) runs .NET, but its diagnostics socket cannot be seen: DOTNET_EnableDiagnostics=0 turns it off, and another TMPDIR hides it"),
            { IsHidden: true } => new SnapshotException(
                CaptureOutcome.NotPermitted,
                $"process {pid} ({seen.Worker.Name}) belongs to another user, so it cannot be told whether it runs .NET: run as that user or as root"),
            _ => new SnapshotException(CaptureOutcome.NotFound, $"process {pid} ({seen.Worker.Name}) is not a .NET process"),
        };
    }

    /// <summary>Whether the very same process is still there.</summary>
    public bool Lives(Worker worker) =>
        proc.TryReadStatus(worker.Pid) is { IsPresent: true, Value.HasExited: false } && proc.TryReadStartTime(worker.Pid) == worker.StartTimeTicks;

    /// <summary>Null when there is no such process, or it has ended.</summary>
    public Sighting? TryDescribe(int pid)
    {
        if (proc.TryReadStatus(pid) is not { IsPresent: true, Value: { HasExited: false } status } || proc.TryReadStat(pid) is not { } stat)
        {
            return null;
        }

        ProcReading<IReadOnlyDictionary<string, string>> environment = proc.TryReadEnvironment(pid);
        ProcReading<CoreClrMapping> runtime = proc.TryFindRuntimeVersion(pid);
        bool isMapped = runtime.Value is { IsMapped: true };
        string? temporaryFolder = environment.Value?.GetValueOrDefault("TMPDIR");
        string? socket = port?.SocketOf(pid, stat.StartTimeTicks)
            ?? DiagnosticSocket.FindOwn(pid, status.NamespacePid, stat.StartTimeTicks, temporaryFolder)
            ?? (isMapped ? DiagnosticSocket.FindNewest(pid, status.NamespacePid, temporaryFolder, proc.TryReadStartedAt(stat.StartTimeTicks)) : null);
        RunningProgram program = RunningProgram.Read(proc, pid, status.Name);
        var worker = new Worker
        {
            Pid = pid,
            ParentPid = status.ParentPid,
            StartTimeTicks = stat.StartTimeTicks,
            IsDotNet = socket is not null || isMapped,
            IsSelf = pid == Environment.ProcessId,
            Name = program.Name,
            RuntimeVersion = isMapped ? runtime.Value!.RuntimeVersion ?? CoreLibVersion(pid, runtime.Value) : null,
            Usr2 = status.Usr2,
            Threads = status.Threads,
            Socket = socket,
            Resource = WorkerResource.FromEnvironment(environment.Value),
        };
        return new Sighting(worker, program)
        {
            IsHidden = runtime.Absence == ProcAbsence.NotPermitted,
            IsFrozenCopy = stat.IsSilentCopy,
            Agent = environment.Value?.GetValueOrDefault(AgentVariable),
            HasMemory = status.RssBytes is not null,
        };
    }

    /// <summary>What would be waited for in vain.</summary>
    private void Refuse(ProcessStatus? status)
    {
        if (status is { IsThread: true })
        {
            string name = proc.TryReadEntryAssemblyName(status.ThreadGroupPid) ?? status.Name;
            throw new SnapshotException(CaptureOutcome.NotFound, $"{status.Pid} is a thread of process {status.ThreadGroupPid} ({name}): use --pid {status.ThreadGroupPid}");
        }

        if (status is { State: 'T' })
        {
            throw new SnapshotException(CaptureOutcome.Failed, $"process {status.Pid} ({status.Name}) is stopped and would not answer: let it continue with kill -CONT {status.Pid} first");
        }
    }

    /// <summary>Who leads the worker, and whether its instance id is the leader's.</summary>
    public Lineage Trace(Sighting seen)
    {
        int? leader = _leaders.Find(seen.Worker.ParentPid, seen.Program);
        string? own = seen.Worker.Resource.GetValueOrDefault(WorkerResource.InstanceId);
        return new(leader, own is not null && leader is { } pid
            && WorkerResource.FromEnvironment(proc.TryReadEnvironment(pid).Value).GetValueOrDefault(WorkerResource.InstanceId) == own);
    }

    /// <summary>Whether a rule makes it a worker whatever it runs, because of its parent.</summary>
    public bool IsLedByRule(Worker worker) => _leaders.IsLeaderByRule(worker.ParentPid);

    /// <summary>A self-contained program has its runtime beside it; the base library carries the version.</summary>
    private static string? CoreLibVersion(int pid, CoreClrMapping mapping)
    {
        string coreLib = $"/proc/{pid}/root{Path.GetDirectoryName(mapping.LibraryPath)}/System.Private.CoreLib.dll";
        try
        {
            return FileVersionInfo.GetVersionInfo(coreLib).ProductVersion?.Split('+')[0];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
