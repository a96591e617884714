using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>What is shipped for Prometheus and Alertmanager, checked by their own tools (Debian packages).</summary>
public sealed class PrometheusRulesTests
{
    [Theory]
    [InlineData("promtool", "check", "rules", "heapdrift.rules.yaml")]
    [InlineData("promtool", "test", "rules", "heapdrift.rules.test.yaml")]
    [InlineData("promtool", "check", "config", "prometheus.yaml")]
    [InlineData("amtool", "check-config", "alertmanager.yaml")]
    public async Task ShippedFilesPassTheToolsOfTheirPrograms(string tool, params string[] arguments)
    {
        ProcessResult result = await ChildProcess.RunAsync(
            new ChildProcessStart(tool, arguments) { WorkingDirectory = RepositoryPaths.File("dashboards", "prometheus") }, HeapDriftTool.Deadline);

        Assert.True(result.ExitCode == 0, result.Stdout + result.Stderr);
    }
}
