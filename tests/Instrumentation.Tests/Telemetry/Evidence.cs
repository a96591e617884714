using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Instrumentation.Tests.Telemetry;

/// <summary>A capture of 110 seconds: baseline at 0 s for 2 s, final at 100 s for 4 s, diff until 110 s.</summary>
internal static class Evidence
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2));

    public static readonly CaptureTrigger Alert = new() { Kind = TriggerKind.Alert, AlertName = "HeapGrowth", AlertFingerprint = "c0ffee" };

    public static readonly WorkerIdentity Worker = new() { Pid = 42, Name = "shop" };

    public static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    public static SnapshotSummary Baseline { get; } = Snapshot(SnapshotRole.Baseline, At(0), durationMilliseconds: 2000);

    public static SnapshotSummary Final { get; } = Snapshot(SnapshotRole.Final, At(100), durationMilliseconds: 4000);

    public static CaptureReport Report(params IReadOnlyList<Finding> findings) => new()
    {
        CaptureId = "20260301-100000-42",
        StartedAt = Start,
        CompletedAt = At(110),
        Outcome = CaptureOutcome.Completed,
        Verdict = findings.Count > 0 ? Verdict.ManagedLeak : Verdict.NoGrowth,
        Trigger = Alert,
        Worker = Worker,
        Snapshots = [Baseline, Final],
        Memory = new() { Baseline = null, Final = null },
        Findings = findings,
        Types = [],
    };

    public static CaptureReport Ended(CaptureOutcome outcome, params IReadOnlyList<SnapshotSummary> snapshots) => Report() with
    {
        Outcome = outcome,
        OutcomeReason = "the reason",
        Verdict = Verdict.Inconclusive,
        Snapshots = snapshots,
    };

    public static IReadOnlyList<Finding> Findings(int count) => [.. Enumerable.Range(1, count).Select(Finding)];

    public static Finding Finding(int rank) => new()
    {
        Rank = rank,
        Fingerprint = $"{rank:x16}",
        Status = FindingStatus.New,
        Origin = TypeOrigin.Application,
        Type = "Shop.Order",
        Holder = "static Shop.Cart.Orders",
        Path = ["static Shop.Cart.Orders", "List<Shop.Order>", "Shop.Order"],
        ObjectsDelta = 1000,
        BytesDelta = 32_000,
        RetainedBytesDelta = 64_000,
        ShareOfGrowth = 0.5,
        Summary = $"finding {rank} in a sentence",
        AllocationSites = [],
    };

    private static SnapshotSummary Snapshot(SnapshotRole role, DateTimeOffset takenAt, double durationMilliseconds) => new()
    {
        Role = role,
        Engine = "eventpipe",
        TakenAt = takenAt,
        PauseMilliseconds = 250,
        DurationMilliseconds = durationMilliseconds,
        LiveObjects = 5000,
        LiveBytes = 160_000,
        Complete = true,
        Coverage = null,
    };
}
