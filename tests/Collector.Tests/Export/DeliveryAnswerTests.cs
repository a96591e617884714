using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using HeapDrift.Collector.Export;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>What receivers answer beside yes and no, and what a person hears of it.</summary>
[Collection(nameof(RunningBacklog))]
public sealed class DeliveryAnswerTests : IDisposable
{
    private const string FindingEvent = "heapdrift.finding";

    private readonly UndeliveredReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task WhatTheReceiverRejectsWithAStatusOfSuccessIsNotCalledDelivered(string protocol)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.PartlyRejected = 2;
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, (protocol == "grpc" ? receiver.GrpcEndpoint : receiver.HttpEndpoint).ToString(), protocol);

        await running.UntilAsync(() => File.Exists(_reports.InFolder(1, UndeliveredMark.RefusedFileName)) && running.Backlog.Count == 0, "it is set aside");

        Assert.Contains("2 of what was sent was rejected (rejected on request of the test)", Assert.Single(running.Complaints), StringComparison.Ordinal);
        Assert.Equal(1, running.Backlog.UndeliverableCount);
        Assert.Equal(1, receiver.RequestCount(OtlpSignal.Logs));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0A")]
    [InlineData("0A00")]
    [InlineData("0A0208")]
    [InlineData("0A020800")]
    [InlineData("0A0B08FFFFFFFFFFFFFFFFFF01")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")]
    [InlineData("3C68746D6C3E")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("0A0912076E6F207761726E")]
    public void ABodyThatSaysNothingOfARejectionIsNone(string body) => Assert.Null(PartialSuccess.TryReadRejection(Convert.FromHexString(body), isGrpc: false));

    [Fact]
    public async Task AReceiverThatWantsToBeLeftAloneIsLeftAloneAlsoByWhatIsNew()
    {
        var rest = TimeSpan.FromMinutes(3);
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, endpoint: RunningBacklog.Nowhere);
        var tries = new ConcurrentQueue<DateTimeOffset>();
        receiver.RetryAfter = rest;
        receiver.FailWhere((signal, _) =>
        {
            tries.Enqueue(running.Clock.GetUtcNow());
            return 429;
        });
        running.Settings[RunningBacklog.Endpoint] = receiver.HttpEndpoint.ToString();
        await running.UntilAsync(() => _reports.Attempts(1) >= 2, "the receiver says no");
        DateTimeOffset said = running.Clock.GetUtcNow();

        _reports.Leave(2);
        running.Backlog.Add(UndeliveredReports.Id(2));
        int before = tries.Count;
        await running.UntilAsync(() => tries.Count > before, "it is tried again");

        // The clock may have gone on by a step between the answer and the look at it.
        Assert.InRange(tries.Skip(before).First() - said, rest - TimeSpan.FromSeconds(10), rest + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task ADelayThatWasSaidIsSaidToBeOver()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await running.UntilAsync(() => running.Complaints.Length == 1, "the delay is said");
        _reports.Leave(2);

        receiver.FailWith(null);
        await running.UntilAsync(() => _reports.Waiting.Length == 0 && running.Backlog.Count == 0, "both are delivered");

        Assert.Contains(UndeliveredReports.Id(1), Assert.Single(running.Facts), StringComparison.Ordinal);
        Assert.Single(running.Complaints);
    }

    [Fact]
    public async Task OfReportsThatAnEarlierAgentLeftOneStandsForAll()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        int[] all = [1, 2, 3];
        Array.ForEach(all, number => _reports.Leave(number));
        await using (var earlier = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString()))
        {
            await earlier.UntilAsync(() => all.All(number => _reports.Attempts(number) > 0) && earlier.Complaints.Length == 3, "all are tried, and it is said of each");
        }

        await using var later = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        await later.UntilAsync(() => all.All(number => _reports.Attempts(number) > 2), "all are tried again");

        Assert.Contains("3 reports wait", Assert.Single(later.Complaints), StringComparison.Ordinal);
    }

    /// <summary>Otherwise a hundred reports would wait through a hundred timeouts while nothing else is sent.</summary>
    [Fact]
    public async Task WhoDoesNotAnswerInTimeIsNotThereForTheNextReportEither()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var observer = new DeliveryObserver();
        using var client = new HttpClient(observer) { Timeout = TimeSpan.FromMilliseconds(300) };
        using var content = new ByteArrayContent([]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.PostAsync(new Uri($"http://{silent.LocalEndpoint}/v1/logs"), content, TestContext.Current.CancellationToken));

        Assert.Equal(DeliveryFailureKind.Unreachable, observer.Failure!.Kind);
        Assert.Contains("did not answer in time", observer.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(413, true)]
    [InlineData(415, true)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(408, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(502, false)]
    [InlineData(503, false)]
    [InlineData(504, false)]
    public async Task OnlyWhatIsTheReportsOwnFaultIsFinal(int status, bool isFinal)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(status);
        using var observer = new DeliveryObserver();
        using var client = new HttpClient(observer);
        using var content = new ByteArrayContent([]);

        using HttpResponseMessage answer = await client.PostAsync(new Uri(receiver.HttpEndpoint, "v1/logs"), content, TestContext.Current.CancellationToken);

        Assert.Equal(isFinal, observer.Failure!.IsFinal);
        Assert.NotEqual(DeliveryFailureKind.Unreachable, observer.Failure.Kind);
    }

    [Fact]
    public async Task AReportThatTheDiskDidNotTakeIsSentFromMemory()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.FailWith(503);
        await using var running = new RunningBacklog(_reports, receiver.HttpEndpoint.ToString());
        running.Backlog.Hold(UndeliveredReports.Report(1), Mark(running, 1));
        await running.UntilAsync(() => running.Complaints.Length == 1, "it is tried");
        Assert.Equal(1, running.Backlog.Count);

        receiver.FailWith(null);
        await running.UntilAsync(() => running.Backlog.Count == 0, "it is delivered");

        ReceivedLog finding = Assert.Single(receiver.Logs, log => log.EventName == FindingEvent);
        Assert.Equal("shop", finding.Resource["service.name"]);
        Assert.Empty(Directory.GetFileSystemEntries(_reports.Path));
        Assert.Contains("in memory only", Assert.Single(running.Facts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotMoreThanMemoryBearsIsHeldAndWhatIsLostIsSaid()
    {
        string[] complaints;
        await using (var running = new RunningBacklog(_reports, RunningBacklog.Nowhere))
        {
            for (int number = 1; number <= 5; number++)
            {
                running.Backlog.Hold(UndeliveredReports.Report(number), Mark(running, number));
            }

            Assert.Equal(4, running.Backlog.Count);
            Assert.Equal(1, running.Backlog.UndeliverableCount);
            complaints = await running.StopAsync();
        }

        Assert.All(Enumerable.Range(1, 5), number => Assert.Contains(
            complaints, complaint => complaint.Contains(UndeliveredReports.Id(number), StringComparison.Ordinal) && complaint.Contains("cannot be sent by OTLP any more", StringComparison.Ordinal)));
    }

    private static UndeliveredMark Mark(RunningBacklog running, int number) => running.Backlog.Mark(UndeliveredReports.Id(number), UndeliveredReports.Worker())!;
}
