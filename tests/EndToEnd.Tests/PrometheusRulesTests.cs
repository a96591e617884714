using HeapDrift.EndToEnd.Tests.Deployment;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests;

/// <summary>What is shipped for Prometheus and Alertmanager, checked by their own tools (Debian packages).</summary>
public sealed class PrometheusRulesTests
{
    [Theory]
    [InlineData("dashboards/prometheus", "promtool", "check", "rules", "heapdrift.rules.yaml")]
    [InlineData("dashboards/prometheus", "promtool", "test", "rules", "heapdrift.rules.test.yaml")]
    [InlineData("dashboards/prometheus", "promtool", "check", "config", "prometheus.yaml")]
    [InlineData("dashboards/prometheus", "amtool", "check-config", "alertmanager.yaml")]
    [InlineData("deploy/compose", "promtool", "check", "rules", "demo.rules.yaml")]
    [InlineData("deploy/compose", "promtool", "test", "rules", "demo.rules.test.yaml")]
    [InlineData("deploy/compose", "amtool", "check-config", "alertmanager.yaml")]
    public Task ShippedFilesPassTheToolsOfTheirPrograms(string folder, string tool, params string[] arguments) =>
        PassesAsync(RepositoryPaths.File(folder), tool, arguments);

    [Fact]
    public async Task PrometheusOfTheComposeFileFindsItsRulesWhereTheyAreMounted()
    {
        using var folder = new TemporaryFolder();
        ComposeFile.Shipped.CopyMounted("prometheus", "/etc/prometheus", folder.Path);

        await PassesAsync(folder.Path, "promtool", "check", "config", "prometheus.yaml");
    }

    private static async Task PassesAsync(string folder, string tool, params string[] arguments)
    {
        ProcessResult result = await ChildProcess.RunAsync(new ChildProcessStart(tool, arguments) { WorkingDirectory = folder }, HeapDriftTool.Deadline);

        Assert.True(result.ExitCode == 0, result.Stdout + result.Stderr);
    }
}
