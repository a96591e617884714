using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HeapDrift.Instrumentation.Signals;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>
/// HeapDrift in a program that did not ask for it in code. Armed before <c>Main</c>, with standard error for a log; where the program
/// starts a host, the host's own captures take over.
/// </summary>
internal static class UnhostedProgram
{
    /// <summary>The startup hook calls this by name, once, before <c>Main</c>. Throws where it cannot be armed at all.</summary>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "They serve until the process ends.")]
    public static void Arm()
    {
        // Where a file of ours is missing, the messages cannot be made either: everything after this would fail without a word.
        RuntimeHelpers.RunClassConstructor(typeof(Log).TypeHandle);
        HeapDriftOptions options = HookSettings.Read(Environment.GetEnvironmentVariables(), Folder, StandardErrorLoggers.Tell);
        var captures = new SignalCaptures(new StandardErrorLoggers(), options, TimeProvider.System);
        Watch(captures, options);

        // Last, so that the signal is either armed or the caller learns why not.
        captures.Start();
    }

    private static string Folder => Path.GetDirectoryName(typeof(UnhostedProgram).Assembly.Location) ?? "";

    // Apart, because the types of the host may fail to load, and a program without a host does not need them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WatchHosts(SignalCaptures captures, HeapDriftOptions options) =>
        DiagnosticListener.AllListeners.Subscribe(new HostListener(new HostTakeover(captures, options)));

    private static void Watch(SignalCaptures captures, HeapDriftOptions options)
    {
        try
        {
            WatchHosts(captures, options);
        }
#pragma warning disable CA1031 // Standard error remains the log.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            StandardErrorLoggers.Tell(StandardErrorLoggers.WithReason("Hosts are not noticed.", failure));
        }
    }
}
