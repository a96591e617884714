using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Export;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>What lies on disk is not what was written, or cannot be read, moved or kept. The agent goes on, and the other reports are sent.</summary>
[Collection(nameof(RunningBacklog))]
public sealed class DamagedBacklogTests : IDisposable
{
    private const string FindingEvent = "heapdrift.finding";
    private const string ADirectory = "a directory";
    private const string Huge = "more than a mark may have";

    private readonly UndeliveredReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("{ broken")]
    [InlineData("null")]
    [InlineData("""{"resource":{"service.name":"sh""")]
    [InlineData("""{"resource":{},"traceId":"no hexadecimal digits","since":"2026-11-23T12:00:00Z"}""")]
    [InlineData("""{"resource":{},"traceId":"0000000000000000000000000ABCDEF0","since":"2026-11-23T12:00:00Z"}""")]
    [InlineData("""{"resource":{},"traceId":"00000000000000000000000000000000","since":"2026-11-23T12:00:00Z"}""")]
    [InlineData("""{"resource":{"service.name":null},"traceId":"0000000000000000000000000abc0001","since":"2026-11-23T12:00:00Z"}""")]
    [InlineData("""{"resource":null,"traceId":"0000000000000000000000000abc0001","since":"2026-11-23T12:00:00Z"}""")]
    [InlineData(Huge)]
    [InlineData(ADirectory)]
    public async Task AReportWhoseMarkIsDamagedIsSentAllTheSameAndTheDamageIsSaid(string content)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        DamageMark(content);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());

        await running.UntilAsync(() => receiver.Logs.Any(log => log.EventName == FindingEvent), "the finding arrives");
        await running.UntilAsync(() => _reports.Waiting.Length == 0 && running.Backlog.Count == 0, "nothing is left");

        ReceivedLog finding = Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
        Assert.Equal(CaptureTraceId.Of(UndeliveredReports.Id(1)).ToHexString(), finding.TraceId);
        Assert.Equal("shop", finding.Resource["service.name"]);
        Assert.Equal(1001L, finding.Resource["process.pid"]);
        Assert.Contains(UndeliveredReports.Id(1), Assert.Single(running.Complaints), StringComparison.Ordinal);
        Assert.True(Path.Exists(_reports.InFolder(1, UndeliveredMark.BrokenFileName)));
    }

    [Fact]
    public async Task ADamagedMarkIsReplacedBeforeTheReceiverTakesTheReport()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        _reports.Leave(1);
        DamageMark("{ broken");
        await using (var earlier = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString()))
        {
            await earlier.UntilAsync(() => receiver.RequestCount(OtlpSignal.Logs) > 1, "it is tried twice");
            Assert.Single(earlier.Complaints, complaint => complaint.Contains(UndeliveredMark.FileName, StringComparison.Ordinal));
        }

        receiver.FailWith(null);
        await using var later = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await later.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Equal(CaptureTraceId.Of(UndeliveredReports.Id(1)).ToHexString(), Assert.Single(receiver.Logs, log => log.EventName == FindingEvent).TraceId);
        Assert.DoesNotContain(later.Complaints, complaint => complaint.Contains(UndeliveredMark.FileName, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("report", "{ broken")]
    [InlineData("report", "null")]
    [InlineData("report", null)]
    [InlineData("findings", "[null]")]
    public async Task AReportThatIsDamagedIsSetAsideAndSaidAndTheNextReportIsSent(string where, string? content)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        _reports.Leave(2);
        DamageReport(where, content);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());

        await running.UntilAsync(() => _reports.Waiting.Length == 0 && running.Backlog.Count == 0, "nothing is left");

        Assert.Equal(UndeliveredReports.Trace(2), Assert.Single(receiver.Logs, log => log.EventName == FindingEvent).TraceId);
        Assert.Contains(UndeliveredReports.Id(1), Assert.Single(running.Complaints), StringComparison.Ordinal);
        Assert.True(File.Exists(_reports.InFolder(1, UndeliveredMark.RefusedFileName)));
    }

    [Fact]
    public async Task AReportThatCannotBeReadNowIsReadLater()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        string file = _reports.InFolder(1, ReportFolder.JsonFile);
        string moved = file + ".moved";
        File.Move(file, moved);
        File.CreateSymbolicLink(file, file);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await running.UntilAsync(() => running.Complaints.Length > 0, "it is said");
        DateTimeOffset then = running.Clock.GetUtcNow();
        await running.UntilAsync(() => running.Clock.GetUtcNow() > then.AddMinutes(5), "five minutes pass");

        Assert.Single(_reports.Waiting);
        File.Move(moved, file, overwrite: true);
        await running.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
        Assert.Single(running.Complaints);
    }

    [Fact]
    public async Task WhatCannotBeSetAsideIsSaidOnceAndLeftAlone()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        _reports.Leave(2);
        DamageReport("report", "{ broken");
        Directory.CreateDirectory(_reports.InFolder(1, Path.Join(UndeliveredMark.RefusedFileName, "in the way")));
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());

        await running.UntilAsync(() => receiver.Logs.Any(log => log.EventName == FindingEvent) && running.Backlog.Count == 0, "the other one is sent");
        DateTimeOffset then = running.Clock.GetUtcNow();
        await running.UntilAsync(() => running.Clock.GetUtcNow() > then.AddMinutes(5), "five minutes pass");

        Assert.Equal([UndeliveredReports.Id(1)], _reports.Waiting);
        Assert.InRange(running.Complaints.Length, 1, 2);
        Assert.Equal(running.Complaints.Distinct(), running.Complaints);
    }

    [Fact]
    public async Task AFolderThatIsAwayIsWaitedFor()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        string parked = _reports.Path + ".parked";
        _reports.Leave(1);
        Directory.Move(_reports.Path, parked);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        DateTimeOffset then = running.Clock.GetUtcNow();
        await running.UntilAsync(() => running.Clock.GetUtcNow() > then.AddMinutes(5), "five minutes pass");

        Directory.Move(parked, _reports.Path);
        await running.UntilAsync(() => _reports.Waiting.Length == 0, "it is delivered");

        Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
    }

    [Fact]
    public async Task AFolderThatGoesAwayUnderAWaitingReportIsSaidOnceAndItsReturnToo()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        string parked = _reports.Path + ".parked";
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await running.UntilAsync(() => _reports.Attempts(1) > 0, "it is tried");
        Directory.Move(_reports.Path, parked);
        await running.UntilAsync(() => running.Complaints.Length > 1, "it is said");
        DateTimeOffset then = running.Clock.GetUtcNow();
        await running.UntilAsync(() => running.Clock.GetUtcNow() > then.AddMinutes(5), "five minutes pass");

        Assert.Equal(1, running.Backlog.Count);
        Directory.Move(parked, _reports.Path);
        receiver.FailWith(null);
        await running.UntilAsync(() => _reports.Waiting.Length == 0 && running.Backlog.Count == 0, "it is delivered");

        Assert.Single(running.Complaints, complaint => complaint.Contains("cannot be looked for", StringComparison.Ordinal));
        Assert.Contains(running.Facts, fact => fact.Contains("looked for again", StringComparison.Ordinal));
        Assert.Equal(0, running.Backlog.UndeliverableCount);
        Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
    }

    private void DamageMark(string content)
    {
        string file = _reports.InFolder(1, UndeliveredMark.FileName);
        if (content == ADirectory)
        {
            File.Delete(file);
            Directory.CreateDirectory(Path.Join(file, "with something in it"));
            return;
        }

        File.WriteAllText(file, content == Huge ? new string(' ', (16 << 20) + 1) : content);
    }

    private void DamageReport(string where, string? content)
    {
        string file = _reports.InFolder(1, ReportFolder.JsonFile);
        if (content is null)
        {
            File.Delete(file);
        }
        else if (where == "findings")
        {
            string json = File.ReadAllText(file);
            int from = json.IndexOf('[', json.IndexOf("\"findings\"", StringComparison.Ordinal));
            int to = json.IndexOf("\"types\"", StringComparison.Ordinal);
            File.WriteAllText(file, json[..from] + content + "," + json[to..]);
        }
        else
        {
            File.WriteAllText(file, content);
        }
    }
}
