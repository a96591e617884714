using HeapDrift.Collector.Alerts;

namespace HeapDrift.Collector.Tests.Alerts;

public sealed class AlertParserTests
{
    [Fact]
    public void AlertmanagersBodyIsUnderstood()
    {
        AlertNotification notification = Notifications.Parse(Notifications.Alertmanager);

        Alert alert = Assert.Single(notification.Alerts);
        Assert.True(alert.IsFiring);
        Assert.Equal("HeapDriftLeakSuspected", alert.Name);
        Assert.Equal("e35c8ecb1d6f1a3b", alert.Fingerprint);
        Assert.Equal("42", alert.Labels["process_pid"]);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 20, 34, 50, 613, TimeSpan.Zero), alert.StartsAt);
        Assert.Equal(0, notification.Truncated);
    }

    [Fact]
    public void GrafanasBodyIsUnderstood()
    {
        AlertNotification notification = Notifications.Parse(Notifications.Grafana);

        Assert.Equal([true, false], notification.Alerts.Select(alert => alert.IsFiring));
        Assert.Equal(3, notification.Truncated);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 18, 34, 50, 613, TimeSpan.Zero), notification.Alerts[0].StartsAt);
    }

    [Fact]
    public void AMissingFingerprintIsMadeFromTheLabelsWhateverTheirOrder()
    {
        Alert one = Notifications.Parse("""{"alerts":[{"status":"firing","labels":{"a":"1","b":"2"},"startsAt":"2026-11-22T20:00:00Z"}]}""").Alerts[0];
        Alert other = Notifications.Parse("""{"alerts":[{"status":"firing","labels":{"b":"2","a":"1"},"startsAt":"2026-11-22T20:00:00Z"}]}""").Alerts[0];

        Assert.Equal(16, one.Fingerprint.Length);
        Assert.Equal(one.Fingerprint, other.Fingerprint);
    }

    [Theory]
    [InlineData("", "no JSON at line 1, byte 1")]
    [InlineData("[]", "alerts is missing")]
    [InlineData("""{"alerts":{}}""", "alerts is missing or is no array")]
    [InlineData("""{"alerts":[7]}""", "alerts[0].labels is missing")]
    [InlineData("""{"alerts":[{"labels":{"a":1}}]}""", "alerts[0].labels.a is no text")]
    [InlineData("""{"alerts":[{"labels":{},"status":"maybe","startsAt":"2026-11-22T20:00:00Z"}]}""", "alerts[0].status is neither firing nor resolved")]
    [InlineData("""{"alerts":[{"labels":{},"status":"firing","startsAt":"yesterday"}]}""", "alerts[0].startsAt is no time")]
    [InlineData("""{"alerts":[{"labels":{"a":"\ud800"},"status":"firing","startsAt":"2026-11-22T20:00:00Z"}]}""", "cannot be read")]
    [InlineData("""{"alerts":[{"status":"firing"}]}""", "alerts[0].labels is missing")]
    public void WhatIsNoNotificationIsRefusedWithTheReason(string body, string expected)
    {
        var refused = Assert.Throws<InvalidDataException>(() => Notifications.Parse(body));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersAndDepthAreBounded()
    {
        string many = $$"""{"alerts":[{{string.Join(',', Enumerable.Repeat("{}", 1_001))}}]}""";
        string deep = string.Concat(Enumerable.Repeat("""{"alerts":[""", 100));
        string longLabel = $$"""{"alerts":[{"labels":{"a":"{{new string('x', 2_000)}}"},"status":"firing","startsAt":"2026-11-22T20:00:00Z"}]}""";

        Assert.Contains("1000 are the most", Assert.Throws<InvalidDataException>(() => Notifications.Parse(many)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Notifications.Parse(deep));
        Assert.Contains("more than 1024 characters", Assert.Throws<InvalidDataException>(() => Notifications.Parse(longLabel)).Message, StringComparison.Ordinal);
    }
}
