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
/// report that says what is known and how it ended; the worker is only ever asked through its diagnostics socket.
/// </summary>
internal sealed class Capture(
    CaptureSettings settings, Worker worker, WorkerDirectory directory, ProcFileSystem proc, TimeProvider clock)
{
    private const string ServiceVersion = "service.version";

    /// <summary>How soon the end of a worker is noticed; reading its status costs microseconds.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly List<SnapshotSummary> _snapshots = [];
    private readonly List<ConfirmingSnapshot> _confirmations = [];
    private readonly MemoryMoments _memory = new(proc, worker.Pid, clock);
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
            using IDisposable onlyOne = CaptureLock.Take(worker.Pid, worker.StartTimeTicks);

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

            IReadOnlyList<HeapSnapshot> between = await WaitForWindowAsync(engine, observer, finish, baseline, cancellationToken);

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

        using var lines = new SourceLines(new PdbSearch($"/proc/{worker.Pid}/root", settings.SymbolsDirectory));
        return SurvivingAllocations.Of(samples, survivors, frame => NamedFrame.Of(frame, LineOf(frame, lines)));
    }

    private static SourceLine? LineOf(RawFrame frame, SourceLines lines) =>
        frame.ModulePath is { Length: > 0 } module ? lines.Find(module, frame.MethodToken, frame.ILOffset, frame.PdbId) : null;

    private DiffEvidence Gather(IReadOnlyList<HeapSnapshot> between, AllocationTracking? tracking, HeapSnapshot final, LeakStore store) => new()
    {
        Between = between,
        Allocations = NameSurvivors(tracking, final),
        WhyNoAllocations = tracking?.Failure ?? _whyNoTracking,
        Memory = _memory.All,
        FullCollections = tracking?.Samples?.FullCollections,
        Known = store.Read().Of(Service, worker.Resource.GetValueOrDefault(ServiceVersion)),
    };

    private async Task RememberAsync(LeakStore store, HeapDiff diff, ICaptureObserver observer)
    {
        if (settings.Evidence == CaptureEvidence.Full
            && await store.RememberAsync(known => known.With(diff.Findings, Service, worker.Resource.GetValueOrDefault(ServiceVersion), clock.GetUtcNow())) is { } reason)
        {
            Enter(observer, CapturePhase.Report, reason);
        }
    }

    private string Service => worker.Identity.ServiceName ?? worker.Name;

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

    /// <returns>What was taken meanwhile.</returns>
    private async Task<IReadOnlyList<HeapSnapshot>> WaitForWindowAsync(
        ISnapshotEngine engine, ICaptureObserver observer, Task finish, HeapSnapshot baseline, CancellationToken cancellationToken)
    {
        List<HeapSnapshot?> between = [];
        DateTimeOffset start = clock.GetUtcNow();
        DateTimeOffset end = start + settings.Window;
        int confirmations = settings.Confirmations ?? ConfirmationPlan.For(baseline, settings.Window);
        observer.Entered(new CaptureProgress
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
        while (!finish.IsCompleted && clock.GetUtcNow() < end)
        {
            if (!directory.Lives(worker))
            {
                throw new SnapshotException(CaptureOutcome.WorkerExited, $"process {worker.Pid} exited between the two snapshots");
            }

            if (between.Count < confirmations && clock.GetUtcNow() >= start + (settings.Window * (between.Count + 1) / (confirmations + 1)))
            {
                between.Add(await TryConfirmAsync(engine, observer, cancellationToken));
            }

            TimeSpan left = end - clock.GetUtcNow();
            left = left < TimeSpan.Zero ? TimeSpan.Zero : left;
            await Task.WhenAny(finish, Task.Delay(left < WatchInterval ? left : WatchInterval, clock, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return [.. between.OfType<HeapSnapshot>()];
    }

    /// <summary>One that fails is one interval less, and no reason to give up the capture.</summary>
    private async Task<HeapSnapshot?> TryConfirmAsync(ISnapshotEngine engine, ICaptureObserver observer, CancellationToken cancellationToken)
    {
        MemoryReading? memory = _memory.Read();
        HeapSnapshot snapshot;
        try
        {
            snapshot = await engine.TakeAsync(Target(), new ObjectProgress(observer), cancellationToken);
        }
        catch (SnapshotException failed) when (failed.Outcome != CaptureOutcome.WorkerExited)
        {
            return null;
        }

        if (!snapshot.IsComplete)
        {
            return null;
        }

        _memory.Divide(memory, snapshot);
        _confirmations.Add(new ConfirmingSnapshot
        {
            TakenAt = snapshot.TakenAt,
            PauseMilliseconds = snapshot.Pause?.TotalMilliseconds,
            LiveObjects = snapshot.LiveObjects,
            LiveBytes = snapshot.LiveBytes,
        });
        return snapshot;
    }

    private SnapshotTarget Target() => SnapshotTargets.Of(worker, directory, proc) with { IsDeclaredTracer = settings.IsDeclaredTracer };

    private string EngineName => settings.Evidence == CaptureEvidence.Types ? EventPipeEngine.Name : settings.Engine;

    private void Enter(ICaptureObserver observer, CapturePhase phase, string message) =>
        observer.Entered(new CaptureProgress { CaptureId = Id, Phase = phase, At = clock.GetUtcNow(), Message = message });

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
        Confirmations = _confirmations.Count == 0 ? null : _confirmations,
        Memory = new MemoryComparison { Baseline = _memoryBefore, Final = _memoryAfter },
        Findings = diff.Findings,
        Types = diff.Types,
    };

    private sealed class ObjectProgress(ICaptureObserver observer) : IProgress<long>
    {
        public void Report(long value) => observer.Saw(value);
    }
}
