using System.Globalization;
using HeapDrift.Collector.Allocations;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Collector.Symbols;
using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Collector.Captures;

/// <summary>
/// The story of one capture, from top to bottom: baseline, window, final, diff, report. Whatever happens on the way, it ends with a
/// report that says what is known and how it ended. What is done to the worker meanwhile is the engine's affair.
/// </summary>
internal sealed class Capture(
    CaptureSettings settings, Worker worker, WorkerDirectory directory, ProcFileSystem proc, TimeProvider clock)
{
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly List<SnapshotSummary> _snapshots = [];
    private readonly MemoryMoments _memory = new(proc, worker.Pid, clock);
    private CaptureWindow? _window;
    private string? _whyNoTracking;
    private MemoryReading? _memoryBefore;
    private MemoryReading? _memoryAfter;

    /// <summary>Names the folder of the report.</summary>
    public string Id { get; } = settings.CaptureId ?? CaptureId.Create(settings.Pid, clock);

    /// <summary>Once the capture has run: what the report shows to people besides.</summary>
    public ReportEvidence Evidence { get; private set; } = ReportEvidence.None;

    /// <summary>Runs the capture to its end.</summary>
    /// <param name="observer">Told about every phase.</param>
    /// <param name="finish">Ends the window early.</param>
    /// <param name="cancellationToken">Takes the capture back; what is known by then is still reported.</param>
    public async Task<CaptureReport> RunAsync(ICaptureObserver observer, Task finish, CancellationToken cancellationToken)
    {
        try
        {
            using IDisposable? onlyOne = CaptureLock.TryTake(worker.Pid, worker.StartTimeTicks);

            if (settings.Evidence == CaptureEvidence.Metrics)
            {
                _memoryBefore = _memory.Read();
                throw new SnapshotException(CaptureOutcome.Incomplete, $"no snapshot was taken: {settings.EvidenceReason}");
            }

            await using AllocationTracking? tracking = await TryTrackAsync(cancellationToken);
            ISnapshotEngine engine = EngineChoice.Create(EngineName, proc, clock, reason => Enter(observer, CapturePhase.Baseline, reason));
            Enter(observer, CapturePhase.Baseline, "taking the baseline");
            _memoryBefore = _memory.Read();
            HeapSnapshot baseline = await TakeAsync(engine, SnapshotRole.Baseline, null, observer, cancellationToken);
            _memoryBefore = _memory.Divide(_memoryBefore, baseline);
            tracking?.CountFrom(baseline.TakenAt, clock);

            DateTimeOffset end = clock.GetUtcNow() + settings.Window;
            EnterWindow(observer, baseline, end);
            _window = new CaptureWindow(settings, worker, directory, _memory, clock);
            IReadOnlyList<HeapSnapshot> between = await _window.WaitAsync(
                baseline, end, () => engine.TakeAsync(Target(), new ObjectProgress(observer), cancellationToken), finish, cancellationToken);

            Enter(observer, CapturePhase.Final, "taking the final snapshot");
            _memoryAfter = _memory.Read();
            HeapSnapshot final = await TakeAsync(engine, SnapshotRole.Final, tracking, observer, cancellationToken);
            _memoryAfter = _memory.Divide(_memoryAfter, final);

            Enter(observer, CapturePhase.Diff, "comparing");
            var store = new LeakStore(settings.OutputDirectory, clock);
            DiffEvidence evidence = Gather(between, tracking, final, store);
            HeapDiff diff = HeapDiff.Compare(baseline, final, evidence);
            Evidence = ReportEvidence.Of(diff.Paths, evidence.Allocations?.Stacks());
            Enter(observer, CapturePhase.Report, "writing the report");
            await RememberAsync(store, diff, observer);
            return Report(CaptureOutcome.Completed, null, diff);
        }
        catch (SnapshotException failed)
        {
            return Report(failed.Outcome, failed.Message, HeapDiff.NotCompared);
        }
        catch (OperationCanceledException)
        {
            return Report(CaptureOutcome.Cancelled, "the capture was cancelled; the worker goes on as before", HeapDiff.NotCompared);
        }
    }

    /// <summary>What allocations cannot be told of is still a capture.</summary>
    private async Task<AllocationTracking?> TryTrackAsync(CancellationToken cancellationToken)
    {
        if (settings.Evidence != CaptureEvidence.Full)
        {
            return null;
        }

        try
        {
            return await AllocationTracking.StartAsync(SnapshotTargets.Of(worker, directory, proc), worker.RuntimeVersion, new Random(), cancellationToken);
        }
        catch (SnapshotException failed)
        {
            _whyNoTracking = $"allocations could not be followed: {failed.Message}";
            return null;
        }
    }

    /// <summary>While the worker is there, whose files have the lines.</summary>
    private SurvivingAllocations? NameSurvivors(AllocationTracking? tracking, HeapSnapshot final)
    {
        if (tracking?.Samples is not { } samples || final.Survivors is not { } survivors)
        {
            return null;
        }

        using var lines = new SourceLines(new PdbSearch(Target().Root, settings.SymbolsDirectory));
        var origins = new ModuleOrigins(Target().Root);
        return SurvivingAllocations.Of(samples, survivors, frame => NamedFrame.Of(frame, lines.Find(frame), origins.Of(frame.ModulePath)));
    }

    private DiffEvidence Gather(IReadOnlyList<HeapSnapshot> between, AllocationTracking? tracking, HeapSnapshot final, LeakStore store) => new()
    {
        Between = between,
        Allocations = NameSurvivors(tracking, final),
        WhyNoAllocations = tracking?.Failure ?? _whyNoTracking,
        Memory = _memory.All,
        FullCollections = tracking?.Samples?.FullCollections,
        Known = store.Read().Of(Service, Version),
    };

    private async Task RememberAsync(LeakStore store, HeapDiff diff, ICaptureObserver observer)
    {
        if (settings.Evidence == CaptureEvidence.Full
            && await store.RememberAsync(known => known.With(diff.Findings, Service, Version, clock.GetUtcNow())) is { } reason)
        {
            Enter(observer, CapturePhase.Report, reason);
        }
    }

    private string Service => worker.Identity.ServiceName ?? worker.Name;

    private string? Version => worker.Resource.GetValueOrDefault(WorkerResource.ServiceVersion);

    private async Task<HeapSnapshot> TakeAsync(
        ISnapshotEngine engine, SnapshotRole role, AllocationTracking? tracking, ICaptureObserver observer, CancellationToken cancellationToken)
    {
        SnapshotTarget target = Target() with { Tracking = tracking };
        HeapSnapshot snapshot = await engine.TakeAsync(
            settings.Evidence == CaptureEvidence.Types ? SnapshotTargets.TypesOnly(target) : target, new ObjectProgress(observer), cancellationToken);
        SnapshotSummary summary = SnapshotDocuments.Summarize(snapshot, role);
        _snapshots.Add(summary);
        return snapshot.IsComplete
            ? snapshot
            : throw new SnapshotException(
                CaptureOutcome.Incomplete,
                $"the {(role == SnapshotRole.Baseline ? "baseline" : "final snapshot")} is incomplete ({string.Join("; ", snapshot.Gaps)}), so nothing was compared");
    }

    private SnapshotTarget Target() => SnapshotTargets.Of(worker, directory, proc) with { IsDeclaredTracer = settings.IsDeclaredTracer };

    private string EngineName => settings.Evidence == CaptureEvidence.Types ? EventPipeEngine.Name : settings.Engine;

    private void Enter(ICaptureObserver observer, CapturePhase phase, string message) =>
        observer.Entered(new CaptureProgress { CaptureId = Id, Phase = phase, At = clock.GetUtcNow(), Message = message });

    private void EnterWindow(ICaptureObserver observer, HeapSnapshot baseline, DateTimeOffset end) => observer.Entered(new CaptureProgress
    {
        CaptureId = Id,
        Phase = CapturePhase.Window,
        At = clock.GetUtcNow(),
        WindowEndsAt = end,
        LiveObjects = baseline.LiveObjects,
        LiveBytes = baseline.LiveBytes,
        PauseMilliseconds = baseline.Pause?.TotalMilliseconds,
        Message = string.Create(CultureInfo.InvariantCulture, $"baseline taken: {baseline.LiveObjects:N0} objects, {ByteSize.Format(baseline.LiveBytes)}; waiting until {end:HH:mm:ss} UTC"),
    });

    private CaptureReport Report(CaptureOutcome outcome, string? reason, HeapDiff diff) => new()
    {
        CaptureId = Id,
        StartedAt = _startedAt,
        CompletedAt = clock.GetUtcNow(),
        Outcome = outcome,
        OutcomeReason = reason,
        Verdict = diff.Verdict,
        EvidenceReason = settings.EvidenceReason,
        Trigger = settings.Trigger,
        Worker = worker.Identity,
        Snapshots = _snapshots,
        Confirmations = _window?.Confirmations,
        Memory = new MemoryComparison { Baseline = _memoryBefore, Final = _memoryAfter },
        Findings = diff.Findings,
        Types = diff.Types,
    };

    private sealed class ObjectProgress(ICaptureObserver observer) : IProgress<long>
    {
        public void Report(long value) => observer.Saw(value);
    }
}
