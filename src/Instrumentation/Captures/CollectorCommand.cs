using System.Diagnostics;
using System.Globalization;
using System.Text;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>The command line and environment of the supervised helper.</summary>
internal static class CollectorCommand
{
    /// <summary>
    /// What shapes the worker's own runtime and must not shape the helper's: hooks and profilers would run in it too, a suspended
    /// diagnostics port would stop it for ever, and a heap hard limit of the worker would kill it. <c>COMPlus_</c> is the older prefix of
    /// the same settings.
    /// </summary>
    private static readonly string[] WorkersOwn =
    [
        "DOTNET_STARTUP_HOOKS",
        "DOTNET_ADDITIONAL_DEPS",
        "DOTNET_SHARED_STORE",
        "DOTNET_DiagnosticPorts",
        "DOTNET_DefaultDiagnosticPortSuspend",
        "DOTNET_EnableEventPipe",
        "DOTNET_EventPipe*",
        "DOTNET_GC*",
        "DOTNET_ENABLE_PROFILING",
        "DOTNET_PROFILER*",
        "CORECLR_ENABLE_PROFILING",
        "CORECLR_PROFILER*",
        "COMPlus_*",
    ];

    /// <param name="executable">The helper.</param>
    /// <param name="pid">Whose heap.</param>
    /// <param name="trigger">What asked for it.</param>
    /// <param name="window">How long it waits for <c>finish</c>.</param>
    /// <param name="outputDirectory">Where the report's folder goes.</param>
    /// <param name="workerExports">
    /// The application exports the outcome itself, so that the helper must not. Otherwise the helper exports by the <c>OTEL_*</c>
    /// settings that it inherits, and so as the worker.
    /// </param>
    public static ProcessStartInfo Create(string executable, int pid, TriggerKind trigger, TimeSpan window, string outputDirectory, bool workerExports)
    {
        var start = new ProcessStartInfo(executable,
        [
            "capture",
            "--pid", pid.ToString(CultureInfo.InvariantCulture),
            "--format", "json",
            "--supervised",
            "--declared-tracer",
            "--trigger", CaptureAttributes.Word(trigger),
            "--window", window.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s",
            "--output", outputDirectory,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string name in start.Environment.Keys.Where(IsWorkersOwn).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (workerExports)
        {
            start.Environment["OTEL_SDK_DISABLED"] = "true";
        }

        return start;
    }

    private static bool IsWorkersOwn(string name) => WorkersOwn.Any(own =>
        own is [.., '*'] ? name.StartsWith(own[..^1], StringComparison.OrdinalIgnoreCase) : name.Equals(own, StringComparison.OrdinalIgnoreCase));
}
