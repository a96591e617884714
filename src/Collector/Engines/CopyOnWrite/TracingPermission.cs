using System.Runtime.InteropServices;
using HeapDrift.Profiling;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>
/// Whether the kernel will let this process trace a worker, told without an attempt: <c>__ptrace_may_access</c> in kernel/ptrace.c,
/// <c>cap_ptrace_access_check</c> in security/commoncap.c and Yama. What SELinux and AppArmor say shows only in an attempt.
/// </summary>
internal sealed class TracingPermission(ProcFileSystem proc, TracingHost host)
{
    /// <summary>CAP_SYS_PTRACE is number 19 (capabilities(7)).</summary>
    private const ulong SysPtraceBit = 1UL << 19;

    /// <summary>Numbers 5, 6 and 7 of capabilities(7).</summary>
    private const ulong KillBit = 1UL << 5;
    private const ulong SetGidBit = 1UL << 6;
    private const ulong SetUidBit = 1UL << 7;

    /// <param name="worker">Of whom.</param>
    /// <param name="own">Of this process.</param>
    /// <param name="isDeclaredTracer">The worker named this process its tracer (PR_SET_PTRACER), which is to be read nowhere.</param>
    public CopyOnWriteRefusal? Check(ProcessStatus worker, ProcessStatus own, bool isDeclaredTracer)
    {
        bool isCapable = (own.EffectiveCapabilities & SysPtraceBit) != 0;
        return CheckFilter()
            ?? (isCapable ? null : CheckCredentials(worker, own))
            ?? CheckIdentity(worker, own)
            ?? CheckYama(worker, isCapable, isDeclaredTracer)
            ?? CheckDumpable(worker);
    }

    private CopyOnWriteRefusal? CheckFilter() => host.PtraceFilterError is int error
        ? NotPermitted(
            $"system calls are filtered here and ptrace is among them (seccomp; {Marshal.GetPInvokeErrorMessage(error)}): allow ptrace in the seccomp profile of the container that heapdrift runs in")
        : null;

    /// <summary>Attaching compares our real ids with all three of the worker (PTRACE_MODE_REALCREDS).</summary>
    private static CopyOnWriteRefusal? CheckCredentials(ProcessStatus worker, ProcessStatus own)
    {
        if (!worker.Uid.AreAll(own.Uid.Real))
        {
            return NotPermitted(
                $"{worker} runs as uid {worker.Uid.Effective} and heapdrift as uid {own.Uid.Real} without CAP_SYS_PTRACE: run it as the worker's user, or as root with that capability");
        }

        if (!worker.Gid.AreAll(own.Gid.Real))
        {
            return NotPermitted(
                $"{worker} runs with gid {worker.Gid.Effective} and heapdrift with gid {own.Gid.Real} without CAP_SYS_PTRACE: run it with the worker's group, or as root with that capability");
        }

        ulong more = worker.PermittedCapabilities & ~own.PermittedCapabilities;
        return more == 0
            ? null
            : NotPermitted(
                $"{worker} has capabilities that heapdrift has not (mask {more:x}), and only CAP_SYS_PTRACE would allow to trace it: run heapdrift with the same capabilities, or with CAP_SYS_PTRACE");
    }

    /// <summary>
    /// The process that reads the copy becomes somebody else before it loads the worker's code (<see cref="ReaderIdentity"/>). Before
    /// that the copy belongs to another user and afterwards that process does: both are ended by kill(2), and a copy that cannot be ended
    /// would keep its pages for as long as heapdrift waits for it.
    /// </summary>
    private static CopyOnWriteRefusal? CheckIdentity(ProcessStatus worker, ProcessStatus own)
    {
        // Only from root does becoming somebody else take the capabilities away (capabilities(7), "Effect of user ID changes on capabilities").
        if (own.Uid.Effective != 0 && ReaderIdentity.IsAbove(worker, own))
        {
            return NotPermitted(
                $"heapdrift runs as uid {own.Uid.Effective} with capabilities that {worker} has not and that only root can give up: the worker's own debugging library would be loaded with them. Run it as root with these capabilities and no others, or as the worker's user without them");
        }

        var reader = ReaderIdentity.Of(worker, own);
        ulong needed = (reader.Uid == own.Uid.Effective ? 0 : KillBit | SetUidBit | SetGidBit) | (reader.Gid == own.Gid.Effective ? 0 : SetGidBit);
        return (needed & ~own.EffectiveCapabilities) == 0
            ? null
            : NotPermitted(
                $"heapdrift may trace {worker} but not become {(reader.Uid == worker.Uid.Effective ? "its user" : "nobody")} (uid {reader.Uid}, gid {reader.Gid}) to read it, and end what does: run it as the worker's user with the worker's capabilities, or with CAP_SETUID, CAP_SETGID and CAP_KILL too");
    }

    private CopyOnWriteRefusal? CheckYama(ProcessStatus worker, bool isCapable, bool isDeclaredTracer) => proc.TryReadYama() switch
    {
        YamaScope.NoAttach => NotPermitted(
            "kernel.yama.ptrace_scope is 3, which forbids all tracing until the machine is started anew with a lower one"),
        YamaScope.AdminOnly when !isCapable => NotPermitted(
            "kernel.yama.ptrace_scope is 2, which allows tracing to processes with CAP_SYS_PTRACE only: run heapdrift with it, or set the scope to 1 or 0"),
        YamaScope.Restricted when !isCapable && !isDeclaredTracer && !IsOurDescendant(worker) => NotPermitted(
            $"kernel.yama.ptrace_scope is 1 and {worker} neither descends from heapdrift nor declared it as its tracer: run heapdrift with CAP_SYS_PTRACE, let the HeapDrift package in the worker start it, or set the scope to 0"),
        _ => null,
    };

    private bool IsOurDescendant(ProcessStatus worker)
    {
        int parent = worker.ParentPid;
        for (int steps = 0; parent > 0 && steps < Limits.Ancestors; steps++)
        {
            if (parent == host.Pid)
            {
                return true;
            }

            parent = proc.TryReadStatus(parent).Value?.ParentPid ?? 0;
        }

        return false;
    }

    /// <summary>
    /// The mappings ask the kernel the same question as attaching, short of Yama. What it still denies then is a process that does not want
    /// to be looked into (PR_SET_DUMPABLE, or an executable that changed its rights), or a security module.
    /// </summary>
    private CopyOnWriteRefusal? CheckDumpable(ProcessStatus worker) =>
        proc.TryFindRuntimeVersion(worker.Pid).Absence == ProcAbsence.NotPermitted
            ? NotPermitted(
                $"the kernel lets nobody with our rights look into {worker} (it is not dumpable, belongs to another user namespace, or a security module forbids it): run heapdrift as root with CAP_SYS_PTRACE in the worker's user namespace")
            : null;

    private static CopyOnWriteRefusal NotPermitted(string reason) => new(CaptureOutcome.NotPermitted, reason);
}
