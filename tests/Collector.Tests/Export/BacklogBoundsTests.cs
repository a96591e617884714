using HeapDrift.Collector.Export;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Export;

[Collection(nameof(RunningBacklog))]
public sealed class BacklogBoundsTests : IDisposable
{
    private readonly UndeliveredReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Fact]
    public async Task MoreThanAHundredDoNotWaitAndTheOldestFallOut()
    {
        for (int number = 1; number <= DeliveryBounds.MostReports + 3; number++)
        {
            _reports.Leave(number);
        }

        await using var running = new RunningBacklog(_reports, RunningBacklog.Nowhere);
        await running.UntilAsync(() => _reports.Waiting.Length == DeliveryBounds.MostReports && running.Complaints.Length > 3, "three fall out and another is tried");

        Assert.Equal(DeliveryBounds.MostReports, running.Backlog.Count);
        Assert.Equal(3, running.Backlog.UndeliverableCount);
        Assert.Equal(UndeliveredReports.Id(4), _reports.Waiting[0]);
        Assert.All([1, 2, 3], number => Assert.Single(running.Complaints, complaint => complaint.Contains(UndeliveredReports.Id(number), StringComparison.Ordinal)));
        Assert.True(File.Exists(_reports.InFolder(1, "report.json")));
    }

    [Theory]
    [InlineData(256, 1, 0)]
    [InlineData(128, 2, 0)]
    [InlineData(128, 3, 1)]
    [InlineData(257, 3, 3)]
    [InlineData(1, 300, 200)]
    [InlineData(4, 100, 36)]
    public void MoreBytesThanTheReceiverCanBeSentDoNotWait(int megabytes, int reports, int excess)
    {
        IReadOnlyList<(int Report, string Reason)> fallen = DeliveryBounds.Excess([.. Enumerable.Range(1, reports)], _ => (long)megabytes << 20);

        Assert.Equal(Enumerable.Range(1, excess), fallen.Select(one => one.Report));
    }

    [Fact]
    public async Task AfterSevenDaysItIsGivenUpAndSaid()
    {
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, RunningBacklog.Nowhere);
        await running.UntilAsync(() => running.Complaints.Length == 1, "it was tried");

        running.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromHours(1));
        Assert.Single(_reports.Waiting);
        running.Clock.Advance(TimeSpan.FromHours(2));
        await running.UntilAsync(() => _reports.Waiting.Length == 0 && running.Backlog.Count == 0, "it is given up");

        Assert.Contains("7 days", running.Complaints[^1], StringComparison.Ordinal);
        Assert.Equal(2, running.Complaints.Length);
        Assert.Equal(1, running.Backlog.UndeliverableCount);
        Assert.True(File.Exists(_reports.InFolder(1, "report.json")));
    }

    [Fact]
    public async Task AReportThatIsDeletedBeforeItCouldBeSentIsSaid()
    {
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, RunningBacklog.Nowhere);
        await running.UntilAsync(() => running.Complaints.Length == 1, "it was tried");

        Directory.Delete(_reports.Folder(1), recursive: true);
        await running.UntilAsync(() => running.Backlog.Count == 0 && running.Complaints.Length == 2, "it is said to be gone");

        Assert.Contains(UndeliveredReports.Id(1), running.Complaints[^1], StringComparison.Ordinal);
        Assert.Equal(1, running.Backlog.UndeliverableCount);
    }

    [Fact]
    public async Task WithoutAnEndpointNothingIsSentOrMarkedAndNothingIsLost()
    {
        _reports.Leave(1);
        await using var running = new RunningBacklog(_reports, endpoint: null);

        Assert.False(running.Backlog.IsOpen);
        await running.Backlog.RunAsync(TestContext.Current.CancellationToken);
        Assert.Single(_reports.Waiting);
    }
}
