using System.Runtime.InteropServices;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>
/// Says before anything is touched whether a copy-on-write snapshot of a worker is possible here. Reads only; the worker does not notice.
/// What changes afterwards still shows when it is tried.
/// </summary>
internal sealed class CopyOnWritePreflight(ProcFileSystem proc, TracingHost host)
{
    /// <param name="pid">Of the worker.</param>
    /// <param name="isDeclaredTracer">The worker named this process its tracer (PR_SET_PTRACER).</param>
    public PreflightAnswer Check(int pid, bool isDeclaredTracer)
    {
        try
        {
            PreflightAnswer answer = TryPlan(pid, isDeclaredTracer);

            // What ends loses its memory first and its files next: what is missing then is not what hinders.
            return answer.IsPossible || proc.TryReadStatus(pid) is { IsPresent: true, Value: { HasExited: false, RssBytes: not null } } ? answer : Exited(pid);
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException)
        {
            return new(null, new(CaptureOutcome.Failed, $"what the kernel tells of process {pid} cannot be read: {unreadable.Message}"));
        }
    }

    private PreflightAnswer TryPlan(int pid, bool isDeclaredTracer)
    {
        ProcReading<ProcessStatus> own = proc.TryReadOwnStatus();
        CopyOnWriteRefusal? refusal = CheckHost(own.Value);
        if (refusal is not null)
        {
            return new(null, refusal);
        }

        if (proc.TryReadStatus(pid) is not { IsPresent: true, Value: { HasExited: false, RssBytes: long rssBytes } worker })
        {
            return Exited(pid);
        }

        CoreClrMapping mapping = new(LibraryPath: null);
        string dacPath = "";
        string version = "";
        long cost = CopyCost.Expect(rssBytes);
        refusal = CheckState(worker)
            ?? new TracingPermission(proc, host).Check(worker, own.Value!, isDeclaredTracer)
            ?? CheckMachine(worker)
            ?? TryMap(worker, out mapping)
            ?? new RuntimeFiles(proc).Check(worker, mapping, out dacPath, out version)
            ?? CheckMemory(worker, cost);
        return refusal is not null ? new(null, refusal) : new(
            new CopyOnWritePlan
            {
                Pid = pid,
                CoreClrPath = mapping.LibraryPath!,
                DacPath = dacPath,
                RuntimeVersion = version,
                Reader = ReaderIdentity.Of(worker, own.Value!),
                ExpectedCostBytes = cost,
            },
            null);
    }

    private static PreflightAnswer Exited(int pid) => new(null, new(CaptureOutcome.WorkerExited, $"process {pid} has exited"));

    /// <summary>A worker in a pid namespace below ours has a number here, by which ptrace finds it too.</summary>
    private CopyOnWriteRefusal? CheckHost(ProcessStatus? own) =>
        host.Architecture != Architecture.X64
            ? new(CaptureOutcome.Failed, $"copy-on-write snapshots are made for x86-64 and this heapdrift runs on {host.Architecture}: use --engine eventpipe")
        : own is null || own.Pid != host.Pid || own.NamespaceDepth != 0
            ? new(CaptureOutcome.Failed, "the /proc that is mounted here belongs to another pid namespace, so that its numbers mean other processes to ptrace: mount the one of heapdrift's own pid namespace")
        : null;

    private CopyOnWriteRefusal? CheckState(ProcessStatus worker)
    {
        if (worker.IsTraced)
        {
            return new(CaptureOutcome.NotPermitted, $"{worker} is traced by {Tracer(worker.TracerPid)}, and a process has one tracer at most: detach that debugger or tracer first", MayPass: true);
        }

        return worker.State == 'T'
            ? new(CaptureOutcome.Failed, $"{worker} is stopped: let it continue with kill -CONT {worker.Pid} first")
            : null;
    }

    /// <summary>Tracing is the business of one thread, whose number says nothing to people.</summary>
    private string Tracer(int thread) =>
        proc.TryReadStatus(thread).Value is { } status && proc.TryReadStatus(status.ThreadGroupPid).Value is { } process
            ? process.ToString()
            : $"process {thread}";

    private CopyOnWriteRefusal? CheckMachine(ProcessStatus worker) => proc.TryReadExecutable(worker.Pid) switch
    {
        { Value.IsX64: true } => null,
        { Value.Is64Bit: false } => new(CaptureOutcome.Failed, $"{worker} is a 32-bit program, and copy-on-write snapshots are made for x86-64: use --engine eventpipe"),
        { Value.Machine: ushort machine } => new(
            CaptureOutcome.Failed, $"{worker} is a program for another processor (ELF machine {machine}) that is emulated here, and copy-on-write snapshots are made for x86-64: use --engine eventpipe"),
        { Absence: ProcAbsence.NotPermitted } => new(
            CaptureOutcome.NotPermitted, $"the executable of {worker} may not be read, so that it cannot be told what machine it is made for: run heapdrift as the worker's user or as root"),
        _ => new(CaptureOutcome.WorkerExited, $"{worker} has exited"),
    };

    private CopyOnWriteRefusal? TryMap(ProcessStatus worker, out CoreClrMapping mapping)
    {
        ProcReading<CoreClrMapping> reading = proc.TryFindRuntimeVersion(worker.Pid);
        mapping = reading.Value ?? new(LibraryPath: null);
        return reading.IsPresent ? null : new(CaptureOutcome.WorkerExited, $"{worker} has exited");
    }

    private CopyOnWriteRefusal? CheckMemory(ProcessStatus worker, long cost) =>
        MemoryRoom.Of(proc, worker.Pid)
            .Where(room => room.AvailableBytes < cost + room.ReserveBytes)
            .Select(room => new CopyOnWriteRefusal(CaptureOutcome.Failed, room.Describe(worker, cost)))
            .FirstOrDefault();
}
