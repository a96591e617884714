using HeapDrift.Collector.Alerts;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Alerts;

public sealed class AlertInboxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("heapdrift-test-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly List<string> _complaints = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AnAlertIsTheSameWhileItsFingerprintAndItsStartAre()
    {
        AlertInbox inbox = Open();

        Assert.True(inbox.TryTake(Alert("a", 1)));
        Assert.False(inbox.TryTake(Alert("a", 1)));
        Assert.True(inbox.TryTake(Alert("a", 2)));
        Assert.True(inbox.TryTake(Alert("b", 1)));
        inbox.PutBack(Alert("a", 1));
        Assert.True(inbox.TryTake(Alert("a", 1)));
    }

    [Fact]
    public void ARestartedAgentKnowsWhatWasAnswered()
    {
        AlertInbox before = Open();
        before.TryTake(Alert("a", 1));
        before.Save();

        Assert.False(Open().TryTake(Alert("a", 1)));
        _clock.Advance(TimeSpan.FromHours(25));
        Assert.True(Open().TryTake(Alert("a", 1)));
    }

    [Fact]
    public void WhatWasAnsweredBeforeTheClockWasSetBackIsForgottenToo()
    {
        AlertInbox before = Open();
        before.TryTake(Alert("a", 1));
        before.Save();

        var inbox = new AlertInbox(_folder, new FakeTimeProvider(_clock.GetUtcNow() - TimeSpan.FromDays(30)), _complaints.Add);

        Assert.True(inbox.TryTake(Alert("a", 1)));
        Assert.False(inbox.TryTake(Alert("a", 1)));
    }

    [Fact]
    public void WhatIsRememberedIsBounded()
    {
        AlertInbox inbox = Open();
        for (int alert = 0; alert < 10_100; alert++)
        {
            inbox.TryTake(Alert(alert.ToString(System.Globalization.CultureInfo.InvariantCulture), 1));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(inbox.TryTake(Alert("0", 1)));
        Assert.False(inbox.TryTake(Alert("10099", 1)));
    }

    [Fact]
    public void AFileThatCannotBeReadIsSaid()
    {
        File.WriteAllText(Path.Join(_folder, AlertInbox.FileName), "{");

        Assert.True(Open().TryTake(Alert("a", 1)));
        Assert.Contains("cannot be read", Assert.Single(_complaints), StringComparison.Ordinal);
    }

    private AlertInbox Open() => new(_folder, _clock, _complaints.Add);

    private static Alert Alert(string fingerprint, int start) => new()
    {
        IsFiring = true,
        Labels = new Dictionary<string, string>(),
        StartsAt = DateTimeOffset.UnixEpoch.AddSeconds(start),
        Fingerprint = fingerprint,
    };
}
