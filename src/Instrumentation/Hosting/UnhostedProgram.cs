using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using HeapDrift.Instrumentation.Signals;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>
/// The startup hook's way in: arms a program that knows nothing of HeapDrift. Until the program builds a host, if ever, the log goes to
/// standard error. A program that adds the package itself arms again later, and the last one who arms is told of signals.
/// </summary>
internal static class UnhostedProgram
{
    /// <summary>Called by name from HeapDrift.StartupHook, before Main.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "All of it lives as long as the process: the registration of the signal refers to it.")]
    public static void Arm()
    {
        var loggers = new LateBoundLoggerFactory(new StandardErrorLogger());
        HeapDriftOptions options = EnvironmentOptions.Read(loggers.CreateLogger(TelemetryNames.Source));
        DiagnosticListener.AllListeners.Subscribe(new HostObserver(loggers));

        new SignalCaptures(loggers, options, TimeProvider.System).Start();
    }
}
