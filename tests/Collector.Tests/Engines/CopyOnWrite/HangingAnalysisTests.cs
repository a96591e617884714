using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>The process that reads the copy may hang in the DAC, which a stop from outside looks like.</summary>
public sealed class HangingAnalysisTests
{
    /// <summary>On x86 and ARM (signal(7)).</summary>
    private const int SigStop = 19;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Much more than the next attempt needs, which may be made again too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly ProcFileSystem Proc = new();
    private static readonly WorkerDirectory Workers = new(Proc);

    [Fact]
    public async Task AProcessThatHangsIsEndedAndTheSnapshotIsTakenAgain()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10, "--nodes", "50000");
        int pid = ForeignProcess.Pid(worker.Process);
        var engine = new CopyOnWriteEngine(Proc, TimeProvider.System) { Patience = Patience };
        SnapshotTarget target = SnapshotTargets.Of(Workers.Get(pid), Workers, Proc);

        Task<HeapSnapshot> taking = engine.TakeAsync(target, null, TestContext.Current.CancellationToken);
        ProcessStatus reader = await Eventually.ValueAsync(() => ReaderOfCopy(pid), Deadline, "a copy is read, and the worker goes on");
        ChildProcess.Signal(reader.Pid, SigStop);
        await Eventually.HoldsAsync(() => KernelView.State(reader.Pid) == 'T', Deadline, "the process that reads it hangs");
        await worker.LeakAsync(1);
        HeapSnapshot snapshot = await taking.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        Assert.Empty(snapshot.Gaps);
        Assert.Equal(50_000, snapshot.Types.Single(type => type.Name == "Targets.Node").Objects);
        Assert.Equal(1, snapshot.Types.Single(type => type.Name == "Targets.LeakedThing").Objects);
        Assert.Null(KernelView.State(reader.Pid));
        Assert.Empty(KernelView.Children(pid));
        await worker.CollectAsync();
    }

    /// <summary>Once the worker itself is let go.</summary>
    private static ProcessStatus? ReaderOfCopy(int pid) =>
        KernelView.Children(pid) is [{ TracerPid: > 0 } copy] && KernelView.Tracers(pid).All(tracer => tracer == 0)
            ? Proc.TryReadStatus(copy.TracerPid).Value is { } thread ? Proc.TryReadStatus(thread.ThreadGroupPid).Value : null
            : null;
}
