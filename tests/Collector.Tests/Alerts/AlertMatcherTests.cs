using HeapDrift.Collector.Alerts;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Tests.Alerts;

public sealed class AlertMatcherTests
{
    private static readonly Worker[] Workers =
    [
        Worker(42, ("service.name", "shop"), ("k8s.pod.name", "shop-1")),
        Worker(43, ("service.name", "shop"), ("k8s.pod.name", "shop-2"), ("service.instance.id", "instance-43")),
        Worker(44, ("service.name", "billing")),
    ];

    [Theory]
    [InlineData(42, "process_pid=42")]
    [InlineData(43, "service_instance_id=instance-43")]
    [InlineData(44, "service_name=billing")]
    [InlineData(42, "pod=shop-1")]
    [InlineData(43, "k8s_pod_name=shop-2")]
    [InlineData(43, "service_name=shop", "pod=shop-2")]
    [InlineData(42, "process_pid=42", "service_name=shop", "instance=10.0.0.1:9464")]
    public void AnAlertFindsTheWorkerThatItsLabelsName(int pid, params string[] labels) =>
        Assert.Equal(pid, AlertMatcher.Match(Alert(labels), Workers).Worker?.Pid);

    [Theory]
    [InlineData("names no worker", "severity=warning")]
    [InlineData("no watched worker matches process_pid=7", "process_pid=7")]
    [InlineData("2 workers match service_name=shop", "service_name=shop")]
    [InlineData("has another service_instance_id", "process_pid=42", "service_instance_id=somebody-else")]
    [InlineData("has another service_name", "process_pid=42", "service_name=billing")]
    public void AnAlertThatFindsNoneIsToldWhy(string expected, params string[] labels)
    {
        (Worker? worker, string reason) = AlertMatcher.Match(Alert(labels), Workers);

        Assert.Null(worker);
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAStrangerSentIsShownWithoutItsControlCharacters()
    {
        (_, string reason) = AlertMatcher.Match(Alert("process_pid=7\n2026-11-23 info: all is well\u001b[2J" + new string('x', 500)), Workers);

        Assert.DoesNotContain('\n', reason);
        Assert.DoesNotContain('\u001b', reason);
        Assert.True(reason.Length < 200, reason);
    }

    private static Alert Alert(params string[] labels) => new()
    {
        IsFiring = true,
        Labels = labels.Select(label => label.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]),
        StartsAt = default,
        Fingerprint = "f",
    };

    private static Worker Worker(int pid, params (string Key, string Value)[] resource) => new()
    {
        Pid = pid,
        ParentPid = 1,
        StartTimeTicks = 7,
        Name = "Shop",
        RuntimeVersion = "10.0.12",
        Usr2 = SignalDisposition.Caught,
        Threads = 20,
        Socket = "/tmp/socket",
        Resource = resource.ToDictionary(attribute => attribute.Key, attribute => attribute.Value),
    };
}
