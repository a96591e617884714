using System.Diagnostics;
using HeapDrift.Collector.Engines;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Discovery;

/// <summary>Finds .NET processes by what the kernel and their diagnostics sockets tell. Reads only; no process notices.</summary>
internal sealed class WorkerDirectory(ProcFileSystem proc)
{
    /// <summary>All .NET processes that can be told as such, in ascending order of pid.</summary>
    public IEnumerable<Worker> List() =>
        proc.EnumeratePids().Select(TryDescribe).Where(worker => worker is { IsDotNet: true }).Select(seen => seen!.Worker);

    /// <summary>The .NET process with this pid, ready to be captured.</summary>
    /// <exception cref="SnapshotException">There is none, or its heap cannot be read; the message says why and what to do.</exception>
    public Worker Get(int pid)
    {
        Sighting seen = TryDescribe(pid)
            ?? throw new SnapshotException(CaptureOutcome.NotFound, $"there is no process {pid}");
        if (seen.Worker.Socket is not null)
        {
            return seen.Worker;
        }

        throw seen switch
        {
            { IsDotNet: true } => new SnapshotException(
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

    private Sighting? TryDescribe(int pid)
    {
        if (proc.TryReadStatus(pid) is not { IsPresent: true, Value: { HasExited: false } status } || proc.TryReadStartTime(pid) is not { } start)
        {
            return null;
        }

        ProcReading<IReadOnlyDictionary<string, string>> environment = proc.TryReadEnvironment(pid);
        ProcReading<CoreClrMapping> runtime = proc.TryFindRuntimeVersion(pid);
        string? socket = DiagnosticSocket.Find(pid, status.NamespacePid, environment.Value?.GetValueOrDefault("TMPDIR"));
        var worker = new Worker
        {
            Pid = pid,
            ParentPid = status.ParentPid,
            StartTimeTicks = start,
            Name = proc.TryReadEntryAssemblyName(pid) ?? status.Name,
            RuntimeVersion = runtime.Value is { IsMapped: true } mapping ? mapping.RuntimeVersion ?? CoreLibVersion(pid, mapping) : null,
            Usr2 = status.Usr2,
            Threads = status.Threads,
            Socket = socket,
            Resource = WorkerResource.FromEnvironment(environment.Value),
        };
        return new Sighting(worker, socket is not null || runtime.Value is { IsMapped: true }, runtime.Absence == ProcAbsence.NotPermitted);
    }

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

    /// <param name="Worker">What is known.</param>
    /// <param name="IsDotNet">It has the runtime mapped or a diagnostics socket.</param>
    /// <param name="IsHidden">Its mappings may not be read.</param>
    private sealed record Sighting(Worker Worker, bool IsDotNet, bool IsHidden);
}
