using System.Text.Json;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Collector.Engines.CopyOnWrite.Analysis;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>The process that reads the copy may hang in the DAC, which a stop from outside looks like.</summary>
public sealed class HangingAnalysisTests
{
    /// <summary>On x86 and ARM (signal(7)).</summary>
    private const int SigStop = 19;
    private const int SigCont = 18;
    private const int SigKill = 9;

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

    /// <summary>The kernel takes the copy first where memory runs out; of the rest of the reading nothing looks like an error.</summary>
    [Fact]
    public async Task ACopyThatIsKilledWhileItIsReadIsNoSnapshot()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10, "--nodes", "50000");
        int pid = ForeignProcess.Pid(worker.Process);
        var engine = new CopyOnWriteEngine(Proc, TimeProvider.System);

        Task<HeapSnapshot> taking = engine.TakeAsync(SnapshotTargets.Of(Workers.Get(pid), Workers, Proc), null, TestContext.Current.CancellationToken);
        ProcessStatus reader = await Eventually.ValueAsync(() => ReaderOfCopy(pid), Deadline, "a copy is read, and the worker goes on");
        ChildProcess.Signal(reader.Pid, SigStop);
        await Eventually.HoldsAsync(() => KernelView.State(reader.Pid) == 'T', Deadline, "nothing is read");
        ChildProcess.Signal(Assert.Single(KernelView.Children(pid)).Pid, SigKill);
        ChildProcess.Signal(reader.Pid, SigCont);

        SnapshotException failure = await Assert.ThrowsAsync<SnapshotException>(() => taking.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.Equal(CaptureOutcome.Failed, failure.Outcome);
        Assert.Contains("was killed while it was read", failure.Message, StringComparison.Ordinal);
        Assert.Empty(KernelView.Children(pid));
    }

    /// <summary>A DAC that is a pipe to which nobody writes is loaded for ever.</summary>
    [Fact]
    public async Task AProcessThatHangsEndsWhenTheToolIsKilled()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10, "--nodes", "1000");
        int pid = ForeignProcess.Pid(worker.Process);
        string pipe = Path.Combine(Path.GetTempPath(), $"heapdrift-{Guid.NewGuid():N}");
        await ChildProcess.RunAsync(new ChildProcessStart("mkfifo", pipe), Deadline);
        try
        {
            using FileStream silent = File.Open(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            CopyOnWritePlan plan = new CopyOnWritePreflight(Proc, TracingHost.Look()).Check(pid, isDeclaredTracer: false).Plan!;
            var order = new AnalysisOrder { Plan = plan with { DacPath = pipe }, BudgetBytes = CopyOnWriteEngine.DefaultBudgetBytes, Threads = 1 };
            await using ChildProcess analysis = ChildProcess.Start(new ChildProcessStart(RepositoryPaths.HeapDrift, AnalysisProcess.Command));
            await analysis.WriteLineAsync(JsonSerializer.Serialize(order, AnalysisJson.Default.AnalysisOrder));
            await Eventually.HoldsAsync(() => ReaderOfCopy(pid) is not null, Deadline, "a copy is held");

            // Its input ends with whoever gave the order.
            analysis.CloseInput();

            await Eventually.HoldsAsync(() => KernelView.Children(pid).All(copy => copy.HasExited), Deadline, "the copy has given back its memory", analysis.Describe);
            await analysis.WaitForExitAsync(Deadline);
            CopyReaper.Sweep(pid);
            Assert.Empty(KernelView.Children(pid));
            await worker.CollectAsync();
        }
        finally
        {
            File.Delete(pipe);
        }
    }

    /// <summary>Once the worker itself is let go.</summary>
    private static ProcessStatus? ReaderOfCopy(int pid) =>
        KernelView.Children(pid) is [{ TracerPid: > 0 } copy] && KernelView.Tracers(pid).All(tracer => tracer == 0)
            ? Proc.TryReadStatus(copy.TracerPid).Value is { } thread ? Proc.TryReadStatus(thread.ThreadGroupPid).Value : null
            : null;
}
