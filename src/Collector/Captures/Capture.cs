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
    /// <summary>How soon the end of a worker is noticed; reading its status costs microseconds.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly List<SnapshotSummary> _snapshots = [];
    private MemoryReading? _memoryBefore;
    private MemoryReading? _memoryAfter;

    /// <summary>Names the folder of the report.</summary>
    public string Id { get; } = settings.CaptureId ?? CaptureId.Create(settings.Pid, clock);

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
                _memoryBefore = ReadMemory();
                throw new SnapshotException(CaptureOutcome.Incomplete, $"no snapshot was taken: {settings.EvidenceReason}");
            }

            await using AllocationTracking? tracking = await TryTrackAsync(observer, cancellationToken);
            ISnapshotEngine engine = EngineChoice.Create(EngineName, proc, clock, reason => Enter(observer, CapturePhase.Baseline, reason));
            Enter(observer, CapturePhase.Baseline, "taking the baseline");
            _memoryBefore = ReadMemory();
            HeapSnapshot baseline = await TakeAsync(engine, SnapshotRole.Baseline, null, observer, cancellationToken);
            tracking?.CountFrom(baseline.TakenAt, clock);

            await WaitForWindowAsync(observer, finish, baseline, cancellationToken);

            Enter(observer, CapturePhase.Final, "taking the final snapshot");
            _memoryAfter = ReadMemory();
            HeapSnapshot final = await TakeAsync(engine, SnapshotRole.Final, tracking, observer, cancellationToken);

            Enter(observer, CapturePhase.Diff, "comparing");
            SurvivingAllocations? allocations = NameSurvivors(tracking, final);
            HeapDiff diff = HeapDiff.Compare(baseline, final, KnownFindings.Read(settings.OutputDirectory), allocations);
            Enter(observer, CapturePhase.Report, "writing the report");
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
    private async Task<AllocationTracking?> TryTrackAsync(ICaptureObserver observer, CancellationToken cancellationToken)
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
            Enter(observer, CapturePhase.Baseline, $"allocations are not followed: {failed.Message}");
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

    private async Task<HeapSnapshot> TakeAsync(
        ISnapshotEngine engine, SnapshotRole role, AllocationTracking? tracking, ICaptureObserver observer, CancellationToken cancellationToken)
    {
        SnapshotTarget target = SnapshotTargets.Of(worker, directory, proc) with { IsDeclaredTracer = settings.IsDeclaredTracer, Tracking = tracking };
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

    private async Task WaitForWindowAsync(ICaptureObserver observer, Task finish, HeapSnapshot baseline, CancellationToken cancellationToken)
    {
        DateTimeOffset end = clock.GetUtcNow() + settings.Window;
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

            TimeSpan left = end - clock.GetUtcNow();
            await Task.WhenAny(finish, Task.Delay(left < WatchInterval ? left : WatchInterval, clock, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private string EngineName => settings.Evidence == CaptureEvidence.Types ? EventPipeEngine.Name : settings.Engine;

    private MemoryReading? ReadMemory() => proc.TryReadSmapsRollup(worker.Pid).Value?.ToReading();

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
        Memory = new MemoryComparison { Baseline = _memoryBefore, Final = _memoryAfter },
        Findings = diff.Findings,
        Types = diff.Types,
    };

    private sealed class ObjectProgress(ICaptureObserver observer) : IProgress<long>
    {
        public void Report(long value) => observer.Saw(value);
    }
}
