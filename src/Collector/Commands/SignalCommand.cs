using System.CommandLine;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Commands;

/// <summary>
/// <c>heapdrift signal</c>: sends SIGUSR2 only to a process that catches it. The default action of SIGUSR2 is to kill, so
/// <c>kill -USR2</c> at the wrong process, or a moment too early, ends it.
/// </summary>
internal static class SignalCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<int> pid = CommonOptions.Pid();
        var command = new Command("signal", "Send SIGUSR2 to a worker, but only if it catches the signal; otherwise say why not.") { pid };
        command.SetAction(parsed => Run(terminal, parsed.GetValue(pid)));
        return command;
    }

    /// <summary>Sends the signal, or says why not.</summary>
    public static int Run(Terminal terminal, int pid)
    {
        var proc = new ProcFileSystem();
        if (proc.TryReadStatus(pid) is not { IsPresent: true, Value: { HasExited: false } status } || proc.TryReadStartTime(pid) is not { } startTime)
        {
            terminal.Complain($"there is no process {pid}");
            return ExitStatus.NotFound;
        }

        if (status.IsThread)
        {
            terminal.Complain($"{pid} is a thread of process {status.ThreadGroupPid}: use --pid {status.ThreadGroupPid}");
            return ExitStatus.NotFound;
        }

        string name = proc.TryReadEntryAssemblyName(pid) ?? status.Name;
        if (status.Usr2 != SignalDisposition.Caught)
        {
            string reason = status.Usr2 == SignalDisposition.Ignored
                ? "ignores SIGUSR2, so that the signal would do nothing"
                : "has no handler for SIGUSR2 and would be killed by it";
            string wayOut = proc.TryFindRuntimeVersion(pid).Value is { IsMapped: true }
                ? $"; add HeapDrift.Instrumentation to it, or use `heapdrift capture --pid {pid}`"
                : "";
            terminal.Complain($"not sent: process {pid} ({name}) {reason}{wayOut}");
            return ExitStatus.Failed;
        }

        switch (ProcessSignal.TrySendUsr2(pid, () => proc.TryReadStartTime(pid) == startTime))
        {
            case SignalResult.Sent:
                terminal.TryPrint($"SIGUSR2 sent to process {pid} ({name}).\n");
                return ExitStatus.Done;
            case SignalResult.NotPermitted:
                terminal.Complain($"not permitted: process {pid} ({name}) belongs to another user; run as that user or as root");
                return ExitStatus.NotPermitted;
            default:
                terminal.Complain($"process {pid} ({name}) exited before the signal was sent");
                return ExitStatus.NotFound;
        }
    }
}
