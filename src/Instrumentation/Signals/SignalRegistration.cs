using System.Runtime.InteropServices;
using HeapDrift.Instrumentation.Native;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Instrumentation.Signals;

internal enum SignalArming
{
    Armed,

    /// <summary>Not Linux.</summary>
    NotSupported,

    /// <summary>The kernel does not list SIGUSR2 among the signals that this process catches, or could not be asked.</summary>
    NotCaught,
}

/// <summary>
/// SIGUSR2 of this process. A process has one disposition of a signal, hence the statics: whoever armed last is told, and everybody
/// before is not. Once registered it stays so until the process ends, because taking it back would restore the default, and the default
/// of SIGUSR2 is to kill.
/// </summary>
internal static class SignalRegistration
{
    private static readonly Lock Gate = new();

    // Its finalizer would take the registration back.
    private static PosixSignalRegistration? _forever;
    private static volatile Action? _onSignal;

    /// <param name="onSignal">Called on a thread of the pool for each signal, must return at once and not throw.</param>
    public static SignalArming Arm(Action onSignal)
    {
        if (!OperatingSystem.IsLinux())
        {
            return SignalArming.NotSupported;
        }

        lock (Gate)
        {
            _onSignal = onSignal;
            if (_forever is null)
            {
                // Where the parent had it ignored (trap '' USR2; exec ...) .NET would leave it so and never call.
                if (Disposition() == SignalDisposition.Ignored)
                {
                    LibC.StopIgnoring(LibC.SigUsr2);
                }

                _forever = PosixSignalRegistration.Create((PosixSignal)LibC.SigUsr2, Handle);
            }

            return Disposition() == SignalDisposition.Caught ? SignalArming.Armed : SignalArming.NotCaught;
        }
    }

    /// <summary>From now on signals do nothing, unless somebody else has armed since.</summary>
    public static void Release(Action onSignal)
    {
        lock (Gate)
        {
            if (_onSignal == onSignal)
            {
                _onSignal = null;
            }
        }
    }

    private static void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        _onSignal?.Invoke();
    }

    /// <summary>As the kernel has it; null where /proc could not be read, which must not keep a worker from starting.</summary>
    private static SignalDisposition? Disposition()
    {
        try
        {
            return new ProcFileSystem().TryReadStatus(Environment.ProcessId).Value?.Usr2;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }
}
