using System.Diagnostics.Tracing;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;
using Microsoft.Diagnostics.NETCore.Client;

namespace HeapDrift.Collector.Tests.Engines;

/// <summary>The engine on real workers of every supported runtime.</summary>
public sealed class EventPipeEngineTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private static readonly ProcFileSystem Proc = new();
    private static readonly WorkerDirectory Workers = new(Proc);

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task EveryObjectOfAKnownHeapIsSeenOnEveryRuntime(int major)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(major, "--nodes", "50000");

        HeapSnapshot snapshot = await TakeAsync(worker.Id);

        Assert.Empty(snapshot.Gaps);
        Assert.Equal(50_000, snapshot.Types.Single(type => type.Name == "Targets.Node").Objects);
        Assert.InRange(snapshot.Types.Single(type => type.Name == "System.Byte[]").Objects, 50_000, 51_000);
        Assert.InRange(snapshot.Coverage ?? 0, 0.95, 1);
        Assert.InRange(snapshot.Pause ?? TimeSpan.Zero, TimeSpan.FromTicks(1), snapshot.Duration);
        Assert.Equal(snapshot.LiveObjects, snapshot.Retention.Nodes.Sum(node => node.Objects));
        Assert.Equal($"PlainWorker{major}.dll", snapshot.Types.Single(type => type.Name == "Targets.Node").Module);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task TheSecondSnapshotStillKnowsTheTypesAndNamesTheLeakByItsStaticField(int major)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(major, "--nodes", "1000");
        HeapSnapshot baseline = await TakeAsync(worker.Id);
        await worker.LeakAsync(20_000);

        HeapDiff diff = HeapDiff.Compare(baseline, await TakeAsync(worker.Id));

        Finding finding = Assert.Single(diff.Findings);
        Assert.Equal("Targets.LeakedThing", finding.Type);
        Assert.Equal("static Targets.Registry.Things", finding.Holder);
        Assert.Equal(20_000, finding.ObjectsDelta);
        Assert.Equal(20_000 * 80, finding.BytesDelta);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task TheSecondSnapshotKnowsTheTypesAlsoWhileSomebodyElseListensToTheCollections(int major)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(major, "--nodes", "1000");
        using EventPipeSession other = await new DiagnosticsClient(worker.Id).StartEventPipeSessionAsync(
            new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, keywords: 0x1),
            requestRundown: false,
            circularBufferMB: 16,
            TestContext.Current.CancellationToken);
        Task reading = other.EventStream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        await TakeAsync(worker.Id);

        HeapSnapshot second = await TakeAsync(worker.Id);

        Assert.Empty(second.Gaps);
        Assert.Equal(1_000, second.Types.Single(type => type.Name == "Targets.Node").Objects);
        await other.StopAsync(TestContext.Current.CancellationToken);
        await reading;
    }

    [Fact]
    public async Task AWorkerThatDoesNothingHasNoFinding()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "10000");

        HeapDiff diff = HeapDiff.Compare(await TakeAsync(worker.Id), await TakeAsync(worker.Id));

        Assert.Empty(diff.Findings);
        Assert.Equal(Verdict.NoGrowth, diff.Verdict);
    }

    [Fact]
    public async Task ServerGarbageCollectionIsWalkedAsWell()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(
            new ChildProcessStart(RepositoryPaths.PlainWorker(10), "--nodes", "50000")
            {
                Environment = new Dictionary<string, string?> { ["DOTNET_gcServer"] = "1", ["DOTNET_GCHeapCount"] = "2" },
            });

        HeapSnapshot snapshot = await TakeAsync(worker.Id);

        Assert.Empty(snapshot.Gaps);
        Assert.Equal(50_000, snapshot.Types.Single(type => type.Name == "Targets.Node").Objects);
    }

    [Fact]
    public async Task EventsThatDoNotFitIntoTheBufferAreNoticed()
    {
        // One megabyte for 600,000 objects; the reader cannot keep up with that while the collection writes them.
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "200000");
        Worker seen = Workers.Get(worker.Id);
        SnapshotTarget target = SnapshotTargets.Of(seen, Workers, Proc) with { BufferMegabytes = 1 };

        HeapSnapshot snapshot = await new EventPipeEngine(TimeProvider.System).TakeAsync(target, null, TestContext.Current.CancellationToken);

        // Whatever was lost is said: either nothing was, or the snapshot calls itself incomplete.
        Assert.Equal(snapshot.IsComplete, snapshot.LiveObjects >= 600_000);
        Assert.All(snapshot.Gaps, gap => Assert.NotEmpty(gap));
    }

    [Fact]
    public async Task AWorkerThatIsKilledDuringTheWalkIsReportedAsExited()
    {
        SnapshotException failure = await InterruptedSnapshot.FailsAsync<SnapshotException>(
            2_000_000, worker => TakeAsync(worker.Id, InterruptedSnapshot.Kill(worker)));

        Assert.Equal(CaptureOutcome.WorkerExited, failure.Outcome);
    }

    [Fact]
    public async Task ACancelledSnapshotLeavesTheWorkerAtWork() => await InterruptedSnapshot.FailsAsync<OperationCanceledException>(
        2_000_000,
        async worker =>
        {
            using var cancellation = new CancellationTokenSource();
            return await TakeAsync(worker.Id, new InterruptedSnapshot.OnFirstObjects(cancellation.Cancel), cancellation.Token);
        },
        async worker =>
        {
            await worker.LeakAsync(10);

            // On a busy machine events of so many objects may be dropped, which is said of a walk and is not what this is about.
            await Eventually.HoldsAsync(async () => (await TakeAsync(worker.Id)).IsComplete, Deadline, "the worker is seen whole again", worker.Process.Describe);
        });

    private static Task<HeapSnapshot> TakeAsync(int pid, IProgress<long>? progress = null, CancellationToken? cancellationToken = null) =>
        new EventPipeEngine(TimeProvider.System).TakeAsync(
            SnapshotTargets.Of(Workers.Get(pid), Workers, Proc), progress, cancellationToken ?? TestContext.Current.CancellationToken);
}
