using HeapDrift.Collector.Allocations;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Tests.Engines.CopyOnWrite;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Allocations;

public sealed class AllocationTrackingTests
{
    /// <summary>SIGCONT and SIGSTOP on x86 and ARM (signal(7)).</summary>
    private const int SigCont = 18;
    private const int SigStop = 19;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Enough for the request to be sent. Where it was not, the test shows less and holds as well.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    /// <summary>A worker that stands still has the request before it, and takes it up when it goes on.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    public async Task ASessionThatIsGivenUpBeforeTheWorkerAnswersDoesNotStayOpen(int major)
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(major);
        int pid = ForeignProcess.Pid(worker.Process);
        int before = Sockets(pid);
        SnapshotTarget target = Target(pid);
        using var givenUp = new CancellationTokenSource();
        ChildProcess.Signal(pid, SigStop);

        Task<AllocationTracking> opening = AllocationTracking.StartAsync(target, $"{major}.0.0", new Random(1), givenUp.Token);
        givenUp.CancelAfter(Moment);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        ChildProcess.Signal(pid, SigCont);

        // The worker sees that nobody listens when it has something to say.
        await Eventually.HoldsAsync(
            async () =>
            {
                await worker.CollectAsync();
                return Sockets(pid) == before;
            },
            Deadline,
            "the worker closes the session",
            () => $"{before} sockets before, {Sockets(pid)} now");
    }

    private static SnapshotTarget Target(int pid)
    {
        var proc = new ProcFileSystem();
        var workers = new WorkerDirectory(proc);
        return SnapshotTargets.Of(workers.Get(pid), workers, proc);
    }

    private static int Sockets(int pid) =>
        Directory.GetFiles($"/proc/{pid}/fd").Count(file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
}
