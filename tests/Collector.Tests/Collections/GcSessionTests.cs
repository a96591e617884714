using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Collections;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Collections;

/// <summary>A real session with real workers of every supported runtime.</summary>
public sealed class GcSessionTests
{
    private const int SigStop = 19;
    private const int SigCont = 18;

    /// <summary>What .NET 8 counts otherwise here and there: an allocation context or two.</summary>
    private const long Crumbs = 64 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly ProcFileSystem Proc = new();

    private int _signals;

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task FiguresAreThoseOfTheWorkersOwnRuntime(int major)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(major, "--nodes", "50000");
        await using GcSession session = await ListenAsync(worker);

        await CatchUpAsync(worker, session);
        GcFigures before = await worker.FiguresAsync();
        GcReading seen = session.Reading;

        for (int generation = 0; generation <= 2; generation++)
        {
            for (int times = 0; times <= generation; times++)
            {
                await worker.CollectAsync(generation);
            }
        }

        GcFigures after = await worker.FiguresAsync();
        long[] collected = [.. after.Collections.Zip(before.Collections, (now, then) => now - then)];
        await Eventually.HoldsAsync(
            () => session.Reading.Collections.Sum() - seen.Collections.Sum() >= collected.Sum(), Patience, "all collections are seen", () => Show(session.Reading));
        Assert.Equal(collected, session.Reading.Collections.Zip(seen.Collections, (now, then) => now - then));
        Assert.InRange((session.Reading.PauseTime - seen.PauseTime) / (after.PauseTime - before.PauseTime), 0.5, 2);
        await Eventually.HoldsAsync(() => session.Reading.Last is not null, Patience, "sizes are told", () => Show(session.Reading));
        GcGenerations last = session.Reading.Last!;
        Assert.All(last.SizeBytes.Zip(after.SizeBytes), size => Assert.InRange(size.First, size.Second - Crumbs, size.Second + Crumbs));
        Assert.All(last.FragmentationBytes.Zip(after.FragmentationBytes), free => Assert.InRange(free.First, free.Second - Crumbs, free.Second + Crumbs));
        Assert.Equal(last.LiveBytes, session.Reading.LiveBytes);
    }

    /// <summary>A session on the same provider keeps the runtime from sending the names of types again, unless it is made to.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task SnapshotsHaveTheNamesOfTheirTypesWhileTheAgentListens(int major)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(major, "--nodes", "1000");
        await using GcSession session = await ListenAsync(worker);

        for (int times = 0; times < 3; times++)
        {
            HeapSnapshot snapshot = await new EventPipeEngine(TimeProvider.System).TakeAsync(
                SnapshotTargets.Of(Find(worker), new WorkerDirectory(Proc), Proc), null, TestContext.Current.CancellationToken);
            Assert.Empty(snapshot.Gaps);
        }
    }

    [Fact]
    public async Task CountersTellWhatIsAllocatedAndCommitted()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using GcSession session = await ListenAsync(worker);
        await Eventually.HoldsAsync(() => session.Reading.AllocatedBytes is not null, Patience, "the first counters come", () => Show(session.Reading));
        long seen = session.Reading.AllocatedBytes!.Value;
        GcFigures before = await worker.FiguresAsync();

        await worker.LeakAsync(500_000);

        GcFigures figures = await worker.FiguresAsync();
        long allocated = figures.AllocatedBytes - before.AllocatedBytes;
        await Eventually.HoldsAsync(() => session.Reading.AllocatedBytes - seen >= 0.95 * allocated, Patience, "the allocations are counted", () => Show(session.Reading));
        Assert.InRange((double)(session.Reading.AllocatedBytes!.Value - seen), 0.95 * allocated, 1.2 * allocated);
        await Eventually.HoldsAsync(() => session.Reading.CommittedBytes > figures.SizeBytes.Sum(), Patience, "what is committed is told", () => Show(session.Reading));
    }

    [Fact]
    public async Task WorkerThatEndsEndsNothingElse()
    {
        PlainWorker worker = await PlainWorker.StartAsync(10);
        await using GcSession session = await ListenAsync(worker);

        await worker.ExitAsync();
        await worker.DisposeAsync();
        GcReading last = session.Reading;

        Assert.True(last.Collections.Sum() > 0);
    }

    [Fact]
    public async Task ClosingDoesNotWaitForAWorkerThatIsStopped()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        GcSession session = await ListenAsync(worker);
        worker.Process.Signal(SigStop);
        try
        {
            await session.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            worker.Process.Signal(SigCont);
        }

        await worker.CollectAsync();
    }

    [Fact]
    public async Task ASessionThatIsClosedIsGoneFromTheWorker()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);

        // A runtime keeps 64 sessions at most, and refuses the next one.
        for (int times = 0; times < 70; times++)
        {
            await using GcSession session = await ListenAsync(worker);
        }

        Assert.False(worker.Process.HasExited);
    }

    /// <summary>The path of a socket has 107 bytes at most; that of a folder for temporary files in another container may have more.</summary>
    [Fact]
    public async Task ASocketWithTooLongAPathEndsNothing()
    {
        var clock = new FakeTimeProvider();
        var said = new List<string>();
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        await using (var session = new GcSession(Find(worker) with { Socket = "/tmp/" + new string('x', 120) }, () => { }, clock, new ListLogger(said)))
        {
            await Eventually.HoldsAsync(
                () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(5));
                    return said.Count != 0;
                },
                Patience,
                "it is said");
            Assert.False(session.Reading.IsHeard);
        }

        Assert.Contains("is not listened to", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SessionIsOpenedAnewWhereItCouldNotBeAtFirst()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        Worker found = Find(worker);
        await using var session = new GcSession(found with { Socket = found.Socket + ".later" }, () => { }, TimeProvider.System, NullLogger.Instance);
        File.CreateSymbolicLink(found.Socket + ".later", found.Socket!);
        try
        {
            await UntilItListensAsync(worker, session);
        }
        finally
        {
            File.Delete(found.Socket + ".later");
        }
    }

    private async Task<GcSession> ListenAsync(PlainWorker worker)
    {
        var session = new GcSession(Find(worker), () => Interlocked.Increment(ref _signals), TimeProvider.System, NullLogger.Instance);
        await UntilItListensAsync(worker, session);
        return session;
    }

    /// <summary>Only full collections until here: when a smaller one is seen, all of those are.</summary>
    private static async Task CatchUpAsync(PlainWorker worker, GcSession session)
    {
        long small;
        GcFigures before = await worker.FiguresAsync();
        do
        {
            // The runtime may make more of it than was asked for.
            await worker.CollectAsync(0);
            GcFigures after = await worker.FiguresAsync();
            small = after.Collections.Take(2).Sum() - before.Collections.Take(2).Sum();
        }
        while (small == 0);

        await Eventually.HoldsAsync(
            () => session.Reading.Collections.Take(2).Sum() >= small, Patience, "the stream has caught up", () => Show(session.Reading));
    }

    private static async Task UntilItListensAsync(PlainWorker worker, GcSession session)
    {
        await Eventually.HoldsAsync(() => session.IsListening, Patience, "the session is open");
        Assert.True(session.Reading.IsHeard);
        await Eventually.HoldsAsync(
            async () =>
            {
                await worker.CollectAsync();
                return session.Reading.Collections.Sum() > 0;
            },
            Patience,
            "collections are heard of",
            () => Show(session.Reading));
    }

    private static Worker Find(PlainWorker worker) => new WorkerDirectory(Proc).Get(worker.Id);

    private sealed class ListLogger(List<string> said) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            said.Add(formatter(state, exception));
    }

    private static string Show(GcReading reading) => $"{string.Join('/', reading.Collections)}, {reading}";
}
