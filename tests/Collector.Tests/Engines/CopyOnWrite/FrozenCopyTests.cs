using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Collector.Engines.CopyOnWrite.Reading;
using HeapDrift.Collector.Native;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>Copies of real processes.</summary>
public sealed class FrozenCopyTests
{
    private const int SigKill = 9;
    private const int SigUsr2 = 12;
    private const int SigCont = 18;
    private const int SigStop = 19;

    // As long as the machine, which compiles at the same time, may need; the product waits for 200 ms.
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task CopyHasTheMemoryAndTheStacksOfTheWorker(int major)
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(major, "--nodes", "10000");
        int pid = ForeignProcess.Pid(worker.Process);

        // Its answer comes after its start: from then on the main thread waits for the exit, and its stack does not change.
        await worker.CollectAsync();
        await Eventually.HoldsAsync(() => KernelView.State(pid) == 'S', Deadline, "the main thread waits");

        using FrozenCopy copy = FrozenCopy.Take(pid, StopDeadline);

        ThreadRegisters main = copy.Threads[pid];
        Assert.Equal((byte[])[0x0f, 0x05], KernelView.Memory(pid, main.Rip - 2, 2));
        Assert.Equal(KernelView.Memory(pid, main.Rsp, 1024), KernelView.Memory(copy.Pid, main.Rsp, 1024));

        // Threads of the runtime come and go, and it may map more; what the copy has it had.
        Assert.InRange(copy.Threads.Count, 5, 50);
        Assert.NotEmpty(KernelView.Code(copy.Pid));
        Assert.Subset(KernelView.Code(pid), KernelView.Code(copy.Pid));
        Assert.InRange(copy.Pause, TimeSpan.FromTicks(1), StopDeadline);
    }

    [Fact]
    public async Task CopyStandsStillWhileTheWorkerGoesOn()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10, "--nodes", "10000");
        int pid = ForeignProcess.Pid(worker.Process);
        using FrozenCopy copy = FrozenCopy.Take(pid, StopDeadline);
        string before = KernelView.WritableMemoryHash(copy.Pid);

        await worker.LeakAsync(10_000);
        await worker.CollectAsync();

        Assert.Equal(before, KernelView.WritableMemoryHash(copy.Pid));
        Assert.NotEqual(before, KernelView.WritableMemoryHash(pid));
        Assert.Equal('t', KernelView.State(copy.Pid));
        Assert.Equal("1000\n", await File.ReadAllTextAsync($"/proc/{copy.Pid}/oom_score_adj", TestContext.Current.CancellationToken));
        Assert.All(KernelView.Tracers(pid), tracer => Assert.Equal(0, tracer));
    }

    /// <summary>A page that the reading un-shares is one more that the worker's control group pays for.</summary>
    [Fact]
    public async Task ReadingTheCopyTakesNoMemoryOfTheWorker()
    {
        // The worker writes and gives back memory meanwhile, which leaves the copy alone with its pages: one try of many is close enough, if the reading
        // itself leaves it nothing.
        const long nodeBytes = 2_000_000L * 24;
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10, "--nodes", "2000000");
        long least = long.MaxValue;
        for (int i = 0; i < 10 && least > nodeBytes / 4; i++)
        {
            least = Math.Min(least, GrowthByReading(ForeignProcess.Pid(worker.Process), nodeBytes));
        }

        Assert.InRange(least, long.MinValue, nodeBytes / 4);
    }

    [Fact]
    public async Task NothingIsLeftInTheWorkerAfterwards()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10);
        int pid = ForeignProcess.Pid(worker.Process);
        using var memory = new WorkerMemory(pid);
        ulong place = StubPlace.Find(pid, memory);
        byte[] unused = new byte[HealingStub.Size];

        FrozenCopy.Take(pid, StopDeadline).Dispose();
        FrozenCopy.Take(pid, StopDeadline).Dispose();

        Assert.Equal(unused, KernelView.Memory(pid, place, unused.Length));
        Assert.Equal(['Z', 'Z'], KernelView.Children(pid).Select(child => child.State));
        Assert.Equal(2, CopyReaper.Sweep(pid));
        Assert.Empty(KernelView.Children(pid));
        Assert.All(KernelView.Tracers(pid), tracer => Assert.Equal(0, tracer));
        Assert.Equal(unused, KernelView.Memory(pid, place, unused.Length));
        Assert.Equal(0, CopyReaper.Sweep(pid));
        await worker.CollectAsync();
    }

    [Fact]
    public async Task ARealChildOfTheWorkerIsNotSweptAway()
    {
        await using var shell = ChildProcess.Start(new ChildProcessStart("sh", "-c", "sleep 100 & echo started; wait"));
        await shell.WaitForLineAsync(line => line == "started", Deadline);
        await Eventually.HoldsAsync(() => KernelView.Children(shell.Id).Count == 1, Deadline, "the child is there");

        Assert.Equal(0, CopyReaper.Sweep(shell.Id));

        Assert.Equal('S', Assert.Single(KernelView.Children(shell.Id)).State);
    }

    [Fact]
    public async Task CopyDiesWithTheToolThatHeldItAndIsSweptByAnother()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10);
        int pid = ForeignProcess.Pid(worker.Process);
        await using var loop = ChildProcess.Start(new ChildProcessStart(FreezeLoop.Path, [$"{pid}", "--hold"]));
        await loop.WaitForLineAsync(line => line.StartsWith("holds", StringComparison.Ordinal), Deadline);
        loop.Signal(SigKill);
        await loop.WaitForExitAsync(Deadline);

        Assert.Equal(1, CopyReaper.Sweep(pid));

        Assert.Empty(KernelView.Children(pid));
        await worker.CollectAsync();
    }

    /// <summary>But one that is stopped reads no more, and its copy would cost the worker memory for as long.</summary>
    [Fact]
    public async Task CopyThatAnotherToolReadsIsNotSweptAway()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10);
        int pid = ForeignProcess.Pid(worker.Process);
        await using var loop = ChildProcess.Start(new ChildProcessStart(FreezeLoop.Path, [$"{pid}", "--hold"]));
        await loop.WaitForLineAsync(line => line.StartsWith("holds", StringComparison.Ordinal), Deadline);

        Assert.False(CopyReaper.FindsAny(pid));
        Assert.Equal(0, CopyReaper.Sweep(pid));
        Assert.Equal('t', Assert.Single(KernelView.Children(pid)).State);

        loop.Signal(SigStop);
        await Eventually.HoldsAsync(() => KernelView.State(loop.Id) == 'T', Deadline, "the tool is stopped");
        CopyReaper.Sweep(pid);
        Assert.Equal('Z', Assert.Single(KernelView.Children(pid)).State);
        loop.Signal(SigKill);
        await loop.WaitForExitAsync(Deadline);
        Assert.Equal(1, CopyReaper.Sweep(pid));
    }

    [Fact]
    public async Task InterruptedSystemCallsGoOnAfterFiftyFreezes()
    {
        await using BusyWorker worker = await BusyWorker.StartAsync(connections: 4, "--calls");

        for (int freeze = 0; freeze < 50; freeze++)
        {
            FrozenCopy.Take(worker.Id, StopDeadline).Dispose();
            await worker.AnswersAsync();
        }

        Assert.Equal(50, CopyReaper.Sweep(worker.Id));
        await worker.IsUnharmedAsync();
    }

    [Fact]
    public async Task WorkerUnderLoadIsUnharmedByFiftyFreezes()
    {
        await using BusyWorker worker = await BusyWorker.StartAsync(connections: 4, "--load");

        for (int freeze = 0; freeze < 50; freeze++)
        {
            using FrozenCopy copy = FrozenCopy.Take(worker.Id, StopDeadline);
            await worker.AnswersAsync();
        }

        Assert.Equal(50, CopyReaper.Sweep(worker.Id));
        await worker.IsUnharmedAsync();
    }

    [Fact]
    public async Task WorkerThatSomebodyElseTracesIsLeftAlone()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10);
        int pid = ForeignProcess.Pid(worker.Process);
        using (TracerThread.Start("somebody else", tracer =>
        {
            using StoppedWorker stopped = StoppedWorker.StopMainThread(pid, StopDeadline);
            tracer.ReadyUntilDisposed();
        }))
        {
            FreezeException refused = Assert.Throws<FreezeException>(() => FrozenCopy.Take(pid, StopDeadline));

            Assert.Equal(FreezeFailure.AlreadyTraced, refused.Failure);
            Assert.Contains("already traced by ", refused.Message, StringComparison.Ordinal);
        }

        FrozenCopy.Take(pid, StopDeadline).Dispose();
    }

    /// <summary>A thread that ends lets go of what it traces, as a process that is killed does.</summary>
    [Fact]
    public async Task SignalThatAThreadIsAboutToGetIsNotLostWithTheTool()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10, "--handle-usr2");
        int pid = ForeignProcess.Pid(worker.Process);

        using (TracerThread.Start("killed tool", _ =>
        {
            Assert.Equal(0, Ptrace.Request(PtraceRequest.Seize, pid));
            Ptrace.Kill(pid, SigUsr2);
            WaitStatus status = default;
            SpinWait.SpinUntil(() => Ptrace.Wait(pid, blocks: false, out status) != 0, Deadline);
            Assert.True(status.IsSignalDelivery);
            Assert.Equal(SigUsr2, status.Signal);
        }))
        {
        }

        await worker.Process.WaitForLineAsync(line => line == "usr2", Deadline);
    }

    [Fact]
    public async Task WorkerThatASignalStoppedStaysStoppedAndIsRefused()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10);
        int pid = ForeignProcess.Pid(worker.Process);
        Ptrace.Kill(pid, SigStop);
        await Eventually.HoldsAsync(() => KernelView.State(pid) == 'T', Deadline, "it is stopped");

        FreezeException refused = Assert.Throws<FreezeException>(() => FrozenCopy.Take(pid, StopDeadline));

        Assert.Equal(FreezeFailure.Refused, refused.Failure);
        Assert.Equal('T', KernelView.State(pid));
        Ptrace.Kill(pid, SigCont);
        await worker.CollectAsync();
    }

    [Fact]
    public async Task WorkerWithAThreadInVforkIsBusyAndRunsOn()
    {
        string fifo = Path.Combine(Path.GetTempPath(), $"heapdrift-{Guid.NewGuid():N}");
        await ChildProcess.RunAsync(new ChildProcessStart("mkfifo", fifo), Deadline);
        try
        {
            await using BusyWorker worker = await BusyWorker.StartAsync(connections: 2, "--vfork", fifo);
            await Eventually.HoldsAsync(() => KernelView.Children(worker.Id).Count == 1, Deadline, "the child opens the pipe");

            FreezeException refused = Assert.Throws<FreezeException>(() => FrozenCopy.Take(worker.Id, TimeSpan.FromMilliseconds(200)));

            Assert.Equal(FreezeFailure.Busy, refused.Failure);
            await worker.AnswersAsync();
            Assert.All(KernelView.Tracers(worker.Id), tracer => Assert.Equal(0, tracer));
        }
        finally
        {
            // Opened for reading and writing, it blocks nobody and lets the child's open succeed.
            using (File.Open(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
            }

            File.Delete(fifo);
        }
    }

    [Fact]
    public async Task CopyOutlivesAWorkerThatIsKilled()
    {
        await using BusyWorker worker = await BusyWorker.StartAsync(connections: 0);
        using FrozenCopy copy = FrozenCopy.Take(worker.Id, StopDeadline);
        string before = KernelView.WritableMemoryHash(copy.Pid);

        Ptrace.Kill(worker.Id, SigKill);
        await Eventually.HoldsAsync(() => KernelView.State(worker.Id) is null, Deadline, "the worker is gone");

        Assert.Equal(before, KernelView.WritableMemoryHash(copy.Pid));
        Assert.Equal(FreezeFailure.Gone, Assert.Throws<FreezeException>(() => FrozenCopy.Take(worker.Id, StopDeadline)).Failure);
    }

    [Fact]
    public async Task ChildOfTheToolItselfIsRefused()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);

        Assert.Equal(FreezeFailure.Refused, Assert.Throws<FreezeException>(() => FrozenCopy.Take(worker.Id, StopDeadline)).Failure);
    }

    [Fact]
    public void KernelThreadIsRefused() =>
        Assert.Contains(Assert.Throws<FreezeException>(() => FrozenCopy.Take(2, StopDeadline)).Failure, (FreezeFailure[])[FreezeFailure.Refused, FreezeFailure.NotPermitted, FreezeFailure.Gone]);

    private static long GrowthByReading(int worker, long leastRead)
    {
        using FrozenCopy copy = FrozenCopy.Take(worker, StopDeadline);
        using var memory = new CopyMemory(copy.Pid);
        long before = KernelView.PrivateBytes(copy.Pid);

        long read = KernelView.Writable(copy.Pid).Sum(range => memory.Read(range.Start, new byte[range.End - range.Start]));

        Assert.InRange(read, leastRead, long.MaxValue);
        return KernelView.PrivateBytes(copy.Pid) - before;
    }
}
