using System.Runtime.InteropServices;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Commands;

/// <summary>
/// Ctrl-C, SIGTERM and a terminal that closes take back what a command does, so that nothing half-done stays behind: no copy, no service of the demo, no
/// hidden folder. The second Ctrl-C or SIGTERM ends the process at once. SIGUSR2, which operators send to workers and sometimes to all that is there
/// (<c>pkill -USR2</c>, kill to a process group), is caught, because its default action kills. What the parent had ignored (nohup) stays ignored.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _hangUp;
    private readonly PosixSignalRegistration _usr2;

    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask);
        _usr2 = PosixSignalRegistration.Create((PosixSignal)ProcessSignal.SigUsr2, static signal => signal.Cancel = true);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _asked.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _hangUp.Dispose();
        _usr2.Dispose();
        _asked.Dispose();
    }

    /// <summary>A terminal that closes says so twice, by the kernel and by the shell: that is no impatience.</summary>
    private void Ask(PosixSignalContext context)
    {
        context.Cancel = context.Signal == PosixSignal.SIGHUP || !_asked.IsCancellationRequested;
        _asked.Cancel();
    }
}
