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
    private const int SigKill = 9;
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
        Exception failure = await InterruptAsync((worker, _) => worker.Process.Signal(SigKill), _ => Task.CompletedTask);

        Assert.Equal(CaptureOutcome.WorkerExited, Assert.IsType<SnapshotException>(failure).Outcome);
    }

    [Fact]
    public async Task ACancelledSnapshotLeavesTheWorkerAtWork()
    {
        Exception failure = await InterruptAsync(
            (_, cancellation) => cancellation.Cancel(),
            async worker =>
            {
                await worker.LeakAsync(10);
                Assert.Empty((await TakeAsync(worker.Id)).Gaps);
            });

        Assert.IsAssignableFrom<OperationCanceledException>(failure);
    }

    /// <summary>
    /// Takes a snapshot and does something to it once the first objects have arrived. On a machine that is busy elsewhere the whole walk can be
    /// over before anybody looks at it the first time; what came then is complete, and another worker is tried.
    /// </summary>
    private static async Task<Exception> InterruptAsync(Action<PlainWorker, CancellationTokenSource> interruption, Func<PlainWorker, Task> afterwards)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "2000000");
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            try
            {
                HeapSnapshot snapshot = await TakeAsync(
                    worker.Id, new OnFirstObjects(() => interruption(worker, cancellation)), cancellation.Token);
                Assert.Empty(snapshot.Gaps);
            }
            catch (Exception failure) when (failure is SnapshotException or OperationCanceledException)
            {
                await afterwards(worker);
                return failure;
            }
        }

        throw new TimeoutException("ten walks were over before the first look at them");
    }

    private static Task<HeapSnapshot> TakeAsync(int pid, IProgress<long>? progress = null, CancellationToken? cancellationToken = null) =>
        new EventPipeEngine(TimeProvider.System).TakeAsync(
            SnapshotTargets.Of(Workers.Get(pid), Workers, Proc), progress, cancellationToken ?? TestContext.Current.CancellationToken);

    private sealed class OnFirstObjects(Action action) : IProgress<long>
    {
        public void Report(long value) => action();
    }
}
