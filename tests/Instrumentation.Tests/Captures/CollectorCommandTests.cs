using System.Diagnostics;
using HeapDrift.Instrumentation.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Instrumentation.Tests.Captures;

[Collection(ProcessCollection.Name)]
public sealed class CollectorCommandTests
{
    private static readonly string[] WorkersOwn =
    [
        "DOTNET_STARTUP_HOOKS", "DOTNET_DiagnosticPorts", "DOTNET_DefaultDiagnosticPortSuspend", "DOTNET_EnableEventPipe", "DOTNET_GCName",
        "DOTNET_GCHeapHardLimit", "DOTNET_gcHeapCount", "DOTNET_ENABLE_PROFILING", "DOTNET_PROFILER", "DOTNET_PROFILER_PATH",
        "CORECLR_ENABLE_PROFILING", "CORECLR_PROFILER", "CORECLR_PROFILER_PATH_64", "COMPlus_GCHeapHardLimit",
    ];

    [Fact]
    public void ArgumentsAreThoseOfASupervisedCapture()
    {
        var command = Create(TimeSpan.FromSeconds(90.5), workerExports: false);

        Assert.Equal(
            "capture --pid 42 --format json --supervised --declared-tracer --trigger signal --window 90.5s --output /reports",
            string.Join(' ', command.ArgumentList));
    }

    [Fact]
    public void SettingsOfTheWorkersRuntimeAreNotPassedOn()
    {
        foreach (string name in WorkersOwn)
        {
            Environment.SetEnvironmentVariable(name, "0");
        }

        try
        {
            var environment = Create(TimeSpan.FromMinutes(5), workerExports: false).Environment;

            Assert.DoesNotContain(WorkersOwn, environment.ContainsKey);
            Assert.Equal("0", environment["DOTNET_gcServer"]);
            Assert.Equal("0", environment["DOTNET_TieredPGO"]);
        }
        finally
        {
            foreach (string name in WorkersOwn)
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    [Fact]
    public void HelperExportsUnlessTheWorkerDoes()
    {
        Assert.Equal("true", Create(TimeSpan.FromMinutes(5), workerExports: true).Environment["OTEL_SDK_DISABLED"]);
        Assert.False(Create(TimeSpan.FromMinutes(5), workerExports: false).Environment.ContainsKey("OTEL_SDK_DISABLED"));
    }

    private static ProcessStartInfo Create(TimeSpan window, bool workerExports) =>
        CollectorCommand.Create("/somewhere/heapdrift", 42, TriggerKind.Signal, window, "/reports", workerExports);
}
