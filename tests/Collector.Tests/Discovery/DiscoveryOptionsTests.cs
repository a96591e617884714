using HeapDrift.Collector.Discovery;

namespace HeapDrift.Collector.Tests.Discovery;

public sealed class DiscoveryOptionsTests
{
    [Fact]
    public void RulesAndAPortAreTaken() => Assert.Empty(Problems(new()
    {
        Commands = ["gunicorn", "python3"],
        Leaders = ["supervisord", "/run/supervisord.pid"],
        DiagnosticPort = "/tmp/heapdrift.sock",
    }));

    [Theory]
    [InlineData("/usr/bin/gunicorn", "gunicorn", null, "HeapDrift:Discovery:Commands:0 is '/usr/bin/gunicorn'")]
    [InlineData(" ", "gunicorn", null, "HeapDrift:Discovery:Commands:0 is ' '")]
    [InlineData("gunicorn", "run/x.pid", null, "HeapDrift:Discovery:Leaders:0 is 'run/x.pid'")]
    [InlineData("gunicorn", "gunicorn", "port.sock", "HeapDrift:Discovery:DiagnosticPort is 'port.sock': it takes the absolute path")]
    [InlineData("gunicorn", "gunicorn", "/no/such/folder/port.sock", "its folder is not there")]
    [InlineData("gunicorn", "gunicorn", "/tmp/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345", "more than 107 bytes")]
    public void WhatCannotBeMeantIsNamed(string command, string leader, string? port, string expected) => Assert.Contains(
        expected, Assert.Single(Problems(new() { Commands = [command], Leaders = [leader], DiagnosticPort = port })), StringComparison.Ordinal);

    private static IEnumerable<string> Problems(DiscoveryOptions options) => new DiscoveryOptions().Validate(null, options).Failures ?? [];
}
