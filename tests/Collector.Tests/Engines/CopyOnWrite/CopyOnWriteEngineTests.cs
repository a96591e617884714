using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>The engine on real workers of every supported runtime and kind of collector.</summary>
public sealed class CopyOnWriteEngineTests
{
    private static readonly ProcFileSystem Proc = new();
    private static readonly WorkerDirectory Workers = new(Proc);

    /// <summary>Runtime, and the collector's settings: regions, segments (libclrgc.so), server.</summary>
    public static TheoryData<int, string> Flavours => new()
    {
        { 8, "" },
        { 9, "" },
        { 10, "" },
        { 8, "DOTNET_GCName=libclrgc.so" },
        { 8, "DOTNET_gcServer=1 DOTNET_GCHeapCount=2" },
        { 9, "DOTNET_gcServer=1" },
        { 10, "DOTNET_gcServer=1 DOTNET_GCHeapCount=2" },
        { 10, "DOTNET_gcServer=1" },
        { 10, "DOTNET_gcConcurrent=0" },
    };

    [Theory]
    [MemberData(nameof(Flavours))]
    public async Task EveryKindOfObjectIsCountedAsTheOtherEngineCountsIt(int major, string settings)
    {
        await using PlainWorker worker = await StartAsync(major, settings ?? "", "--nodes", "50000", "--kinds");
        await worker.CollectAsync();

        HeapSnapshot snapshot = await TakeAsync(worker.Id);
        HeapSnapshot other = await new EventPipeEngine(TimeProvider.System).TakeAsync(Target(worker.Id), null, TestContext.Current.CancellationToken);

        Assert.Empty(snapshot.Gaps);
        Assert.Equal(1, snapshot.Coverage);
        Assert.Equal(50_000, snapshot.Types.Single(type => type.Name == "Targets.Node").Objects);
        Assert.Equal(2 * 500, snapshot.Types.Single(type => type.Name == "Targets.Kinds+OfThread").Objects);
        Assert.Equal(2 * 500, snapshot.Types.Single(type => type.Name == "Targets.Kinds+OfGenericThread").Objects);
        Assert.Equal(Applications(other, major), Applications(snapshot, major));
        Assert.Equal(snapshot.LiveObjects, snapshot.Retention.Nodes.Sum(node => node.Objects));
        Assert.Equal(snapshot.LiveBytes, snapshot.Retention.Nodes.Sum(node => node.Bytes));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task RootsHaveTheNamesOfStaticFieldsThreadsAndHandles(int major)
    {
        await using PlainWorker worker = await StartAsync(major, "", "--nodes", "1000", "--kinds");

        HeapSnapshot snapshot = await TakeAsync(worker.Id);

        Assert.Equal("static Targets.Holder.Kept", RootOf(snapshot, "Targets.Node"));
        Assert.Equal("static Targets.Kinds.s_first", RootOf(snapshot, "Targets.Kinds+Linked"));
        Assert.Equal("static Targets.Kinds.Keys", RootOf(snapshot, "Targets.Kinds+Dependent"));
        Assert.Equal("static Targets.Kinds.InStatic", RootOf(snapshot, "Targets.Kinds+InStaticStruct"));
        Assert.Equal("thread static Targets.Kinds.t_mine", RootOf(snapshot, "Targets.Kinds+OfThread"));
        Assert.Equal("strong handle", RootOf(snapshot, "Targets.Kinds+Handled"));
        Assert.Equal(major >= 9, RootOf(snapshot, "Targets.Kinds+OfGenericThread") == "thread statics");
    }

    [Fact]
    public async Task SnapshotsThatAreTakenAtTheSameTimeSeeTheSame()
    {
        await using PlainWorker worker = await StartAsync(10, "", "--nodes", "300000");

        HeapSnapshot[] snapshots = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TakeAsync(worker.Id)));

        Assert.All(snapshots, snapshot => Assert.Empty(snapshot.Gaps));
        Assert.All(snapshots, snapshot => Assert.Equal(300_000, snapshot.Types.Single(type => type.Name == "Targets.Node").Objects));
        Assert.Empty(ChildrenOf(worker.Id));
    }

    [Fact]
    public async Task ALeakIsNamedByItsStaticField()
    {
        await using PlainWorker worker = await StartAsync(10, "", "--nodes", "1000");
        HeapSnapshot baseline = await TakeAsync(worker.Id);
        await worker.LeakAsync(20_000);

        HeapDiff diff = HeapDiff.Compare(baseline, await TakeAsync(worker.Id));

        Finding finding = Assert.Single(diff.Findings);
        Assert.Equal("Targets.LeakedThing", finding.Type);
        Assert.Equal("static Targets.Registry.Things", finding.Holder);
        Assert.Equal(20_000, finding.ObjectsDelta);
        Assert.Equal(20_000 * 80, finding.BytesDelta);
    }

    [Fact]
    public async Task AWorkerThatDoesNothingHasNoFinding()
    {
        await using PlainWorker worker = await StartAsync(10, "", "--nodes", "10000");

        HeapDiff diff = HeapDiff.Compare(await TakeAsync(worker.Id), await TakeAsync(worker.Id));

        Assert.Empty(diff.Findings);
        Assert.Equal(Verdict.NoGrowth, diff.Verdict);
    }

    [Fact]
    public async Task NothingIsLeftInTheWorker()
    {
        await using PlainWorker worker = await StartAsync(10, "", "--nodes", "10000");

        await TakeAsync(worker.Id);

        Assert.False(CopyReaper.FindsAny(worker.Id));
        Assert.Empty(ChildrenOf(worker.Id));
        ProcessStatus status = Proc.TryReadStatus(worker.Id).Value!;
        Assert.False(status.IsTraced);
        await worker.LeakAsync(1);
    }

    [Fact]
    public async Task AWorkerThatCollectsAllTheTimeIsSeenBetweenTwoCollections()
    {
        await using PlainWorker worker = await StartAsync(10, "", "--nodes", "20000", "--collect");

        HeapSnapshot snapshot = await TakeAsync(worker.Id);

        Assert.Empty(snapshot.Gaps);
        Assert.Equal(20_000, snapshot.Types.Single(type => type.Name == "Targets.Node").Objects);
    }

    [Fact]
    public async Task ACancelledSnapshotLeavesNothingInTheWorker() => await InterruptedSnapshot.FailsAsync<OperationCanceledException>(
        1_000_000,
        async worker =>
        {
            using var cancellation = new CancellationTokenSource();
            return await TakeAsync(worker.Id, new InterruptedSnapshot.OnFirstObjects(cancellation.Cancel), cancellation.Token);
        },
        async worker =>
        {
            Assert.Empty(ChildrenOf(worker.Id));
            Assert.Empty((await TakeAsync(worker.Id)).Gaps);
        });

    [Fact]
    public async Task AWorkerThatIsKilledWhileItsCopyIsReadIsReportedAsExited()
    {
        SnapshotException failure = await InterruptedSnapshot.FailsAsync<SnapshotException>(
            1_000_000, worker => TakeAsync(worker.Id, InterruptedSnapshot.Kill(worker)));

        Assert.Equal(CaptureOutcome.WorkerExited, failure.Outcome);
    }

    /// <summary>A process that ends refuses, hides and loses things for some milliseconds, none of which may be taken for the reason.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task AWorkerThatIsKilledAtSomeMomentOfASnapshotIsReportedAsExited(int moment)
    {
        await using PlainWorker worker = await StartAsync(10, "", "--nodes", "1500000");
        TimeSpan life = TimeSpan.FromMilliseconds(Random.Shared.Next(1 + (40 * moment)));

        Task<HeapSnapshot> snapshot = TakeAsync(worker.Id);
        await Task.Delay(life, TestContext.Current.CancellationToken);
        worker.Process.Signal(9);

        // A copy that was taken before is read to its end or given up; both are true.
        if (await Record.ExceptionAsync(() => snapshot) is { } failure)
        {
            Assert.Equal(CaptureOutcome.WorkerExited, Assert.IsType<SnapshotException>(failure).Outcome);
        }
    }

    [Fact]
    public async Task AnalysingProcessThatIsKilledLeavesNothingInTheWorker()
    {
        SnapshotException failure = await InterruptedSnapshot.FailsAsync<SnapshotException>(
            1_000_000,
            worker => TakeAsync(worker.Id, KillAnalysis(worker)),
            async worker =>
            {
                Assert.Empty(ChildrenOf(worker.Id));
                await worker.LeakAsync(1);
            });

        Assert.Equal(CaptureOutcome.Failed, failure.Outcome);
    }

    [Fact]
    public async Task WhatFailsWhileTheWorkerEndsIsItsEnd()
    {
        SnapshotException failure = await InterruptedSnapshot.FailsAsync<SnapshotException>(
            1_000_000,
            worker =>
            {
                int looks = 0;
                SnapshotTarget ending = Target(worker.Id) with { Lives = () => looks++ < 3 };
                return new CopyOnWriteEngine(Proc, TimeProvider.System).TakeAsync(ending, KillAnalysis(worker), TestContext.Current.CancellationToken);
            });

        Assert.Equal(CaptureOutcome.WorkerExited, failure.Outcome);
    }

    /// <summary>As root the worker is another user's; otherwise it is ours, and there is nothing to give up.</summary>
    [Fact]
    public async Task TheDacIsLoadedByAProcessThatHasTheWorkersIdentityAndNoMore()
    {
        const uint SomebodyElse = 12345;
        using var program = new ProgramOfAnybody();
        await using PlainWorker worker = await program.StartAsync($"--reuid={SomebodyElse}", $"--regid={SomebodyElse}", "--clear-groups");

        (HeapSnapshot snapshot, ProcessStatus analysing) = await AnalyseAsync(worker.Id);

        ProcessStatus status = Proc.TryReadStatus(worker.Id).Value!;
        Assert.Empty(snapshot.Gaps);
        Assert.Equal(Environment.IsPrivilegedProcess ? SomebodyElse : status.Uid.Effective, status.Uid.Effective);
        Assert.Equal(status.Uid, analysing.Uid);
        Assert.Equal(status.Gid, analysing.Gid);
        Assert.Equal(0UL, analysing.PermittedCapabilities & ~status.PermittedCapabilities);
        Assert.Empty(ChildrenOf(worker.Id));
    }

    /// <summary>As in a container whose user is root: the node's files are root's as well. Who is not root here has nothing to give up.</summary>
    [Fact]
    public async Task TheDacOfARootThatHasLessThanOursIsLoadedByNobody()
    {
        using var program = new ProgramOfAnybody();
        await using PlainWorker worker = await program.StartAsync("--bounding-set=-all,+net_bind_service", "--inh-caps=-all", "--no-new-privs");

        (HeapSnapshot snapshot, ProcessStatus analysing) = await AnalyseAsync(worker.Id);

        Assert.Empty(snapshot.Gaps);
        Assert.Equal(Environment.IsPrivilegedProcess ? 65534 : Proc.TryReadStatus(worker.Id).Value!.Uid.Effective, analysing.Uid.Effective);
        Assert.Equal(analysing.Uid.Effective, analysing.Uid.Real);
        Assert.Equal(0UL, analysing.PermittedCapabilities);
        Assert.Empty(ChildrenOf(worker.Id));
    }

    [Fact]
    public async Task AutoFallsBackToEventPipeAndSaysWhy()
    {
        await using PlainWorker worker = await StartAsync(10, "", "--nodes", "1000");
        using var seized = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var tracer = new Thread(() =>
        {
            Assert.Equal(0, Ptrace.Request(PtraceRequest.Seize, worker.Id, 0));
            seized.Set();
            done.Wait();
        });
        tracer.Start();
        seized.Wait(TestContext.Current.CancellationToken);
        List<string> reasons = [];
        ISnapshotEngine auto = EngineChoice.Create(EngineChoice.Auto, Proc, TimeProvider.System, reasons.Add);

        HeapSnapshot snapshot = await auto.TakeAsync(Target(worker.Id), null, TestContext.Current.CancellationToken);

        Assert.Equal(EventPipeEngine.Name, snapshot.Engine);
        Assert.Contains("traced by", Assert.Single(reasons), StringComparison.Ordinal);
        done.Set();
        tracer.Join();
    }

    [Fact]
    public async Task AutoTakesCopyOnWriteWhereItIsPossible()
    {
        await using PlainWorker worker = await StartAsync(10, "", "--nodes", "1000");
        List<string> reasons = [];

        HeapSnapshot snapshot = await EngineChoice.Create(EngineChoice.Auto, Proc, TimeProvider.System, reasons.Add)
            .TakeAsync(Target(worker.Id), null, TestContext.Current.CancellationToken);

        Assert.Equal(CopyOnWriteEngine.Name, snapshot.Engine);
        Assert.Empty(reasons);
    }

    /// <returns>With who read the copy once its objects were being counted, which is after the DAC was loaded.</returns>
    private static async Task<(HeapSnapshot Snapshot, ProcessStatus Analysing)> AnalyseAsync(int worker)
    {
        // On a machine that is busy elsewhere it can be over before anybody looks.
        ProcessStatus? analysing = null;
        HeapSnapshot snapshot;
        do
        {
            snapshot = await TakeAsync(worker, new InterruptedSnapshot.OnFirstObjects(() => analysing = AnalysisOf(worker)));
        }
        while (analysing is null);
        return (snapshot, analysing);
    }

    private static Task<PlainWorker> StartAsync(int major, string settings, params string[] arguments) => PlainWorker.StartAsync(
        new ChildProcessStart(RepositoryPaths.PlainWorker(major), arguments)
        {
            Environment = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(setting => setting.Split('=')).ToDictionary(pair => pair[0], pair => (string?)pair[1]),
        });

    private static SnapshotTarget Target(int pid) => SnapshotTargets.Of(Workers.Get(pid), Workers, Proc);

    private static Task<HeapSnapshot> TakeAsync(int pid, IProgress<long>? progress = null, CancellationToken? cancellationToken = null) =>
        new CopyOnWriteEngine(Proc, TimeProvider.System).TakeAsync(Target(pid), progress, cancellationToken ?? TestContext.Current.CancellationToken);

    /// <summary>The runtime's events name a nested type without the types around it, which two of the same name are one by.</summary>
    private static string[] Applications(HeapSnapshot snapshot, int major) =>
    [
        .. snapshot.Types.Where(type => type.Module == $"PlainWorker{major}.dll" || type.Name.StartsWith("Unloadable.", StringComparison.Ordinal))
            .GroupBy(type => Innermost(type.Name))
            .OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => $"{same.Key} {same.Sum(type => type.Objects)} {same.Sum(type => type.Bytes)}"),
    ];

    private static string Innermost(string name)
    {
        int arguments = name.IndexOf('<', 1) is > 0 and int at ? at : name.Length;
        return name[(name.LastIndexOf('+', arguments - 1) + 1)..];
    }

    private static string RootOf(HeapSnapshot snapshot, string type)
    {
        IReadOnlyList<RetentionNode> nodes = snapshot.Retention.Nodes;
        RetentionNode node = nodes.Where(node => node.Step.Name == type).MaxBy(node => node.Objects);
        while (node.Parent > 0)
        {
            node = nodes[node.Parent];
        }

        return node.Step.Name;
    }

    private static IEnumerable<int> ChildrenOf(int pid) => Proc.EnumeratePids().Where(child => Proc.TryReadStatus(child).Value?.ParentPid == pid);

    /// <summary>Null when the copy is gone already.</summary>
    private static ProcessStatus? AnalysisOf(int pid) =>
        ChildrenOf(pid).Select(copy => Proc.TryReadStatus(copy).Value?.TracerPid).SingleOrDefault() is { } tracer ? Proc.TryReadStatus(tracer).Value : null;

    private static InterruptedSnapshot.OnFirstObjects KillAnalysis(PlainWorker worker) => new(() =>
    {
        if (AnalysisOf(worker.Id) is { } analysis)
        {
            using var process = System.Diagnostics.Process.GetProcessById(analysis.ThreadGroupPid);
            process.Kill();
        }
    });
}
