using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Flames;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Reports.Html;

namespace HeapDrift.Profiling.Tests.Reports;

/// <summary>A report with everything that a report can have; figures are made up, and add up.</summary>
internal static class SampleReport
{
    public const long MB = 1 << 20;

    public const string Holder = "static Shop.Cache.Sessions";

    public static readonly DateTimeOffset Start = new(2026, 11, 23, 13, 21, 56, TimeSpan.Zero);

    public static string Page(CaptureReport? report = null, ReportEvidence? evidence = null) => ReportPage.Render(report ?? Leak(), evidence ?? Evidence());

    public static CaptureReport Leak() => new()
    {
        CaptureId = "20261123-132156-42-0000",
        StartedAt = Start,
        CompletedAt = Start.AddSeconds(65),
        Outcome = CaptureOutcome.Completed,
        Verdict = Verdict.ManagedLeak,
        Trigger = new CaptureTrigger { Kind = TriggerKind.Alert, AlertName = "HeapDriftMemoryGrows" },
        Worker = new WorkerIdentity { Pid = 42, Name = "Shop.Api", RuntimeVersion = "10.0.12", ServiceName = "shop", ServiceInstanceId = "shop-7d9f-x2x" },
        Snapshots = [Snapshot(SnapshotRole.Baseline, 1, 900_000, 100 * MB), Snapshot(SnapshotRole.Final, 61, 1_260_000, 142 * MB)],
        Confirmations = [new ConfirmingSnapshot { TakenAt = Start.AddSeconds(31), PauseMilliseconds = 6.5, LiveObjects = 1_080_000, LiveBytes = 121 * MB }],
        Memory = new MemoryComparison { Baseline = Memory(100, 20, 10, 6, 2, 40, 22), Final = Memory(142, 12, 10, 7, 2, 40, 23) },
        Findings = [Finding(1, Verdict.ManagedLeak, "Shop.Session"), Finding(2, Verdict.Saturating, "Shop.Catalog.ProductPage")],
        Types = [.. Enumerable.Range(1, 60).Select(at => Type($"Shop.Type{at:00}", 61 - at))],
    };

    public static ReportEvidence Evidence() => new() { Growth = GrowthFlame.Of(Heap()), Survivors = [Site("Shop.Cache.Open", 30 * MB), Site("Shop.Cart.AddAsync", 10 * MB)] };

    public static Finding Finding(int rank, Verdict verdict, string type) => new()
    {
        Rank = rank,
        Fingerprint = "98eecee32ceae6bf",
        Status = FindingStatus.Regressed,
        KnownSince = Start.AddDays(-9),
        Verdict = verdict,
        Origin = TypeOrigin.Application,
        Type = type,
        Holder = Holder,
        Path = [Holder, $"System.Collections.Generic.Dictionary<System.String, {type}>", $"System.Collections.Generic.Dictionary+Entry<System.String, {type}>[]", type],
        ObjectsDelta = 360_000,
        BytesDelta = 10 * MB,
        RetainedBytesDelta = 40 * MB,
        ShareOfGrowth = 0.952,
        Summary = $"{TypeName.Shorten(type)} grew by 360,000 objects (40.0 MB retained), held by {Holder}",
        AllocationSites = [Site("Shop.Cache.Open", 30 * MB)],
        AllocationNote = "the runtime dropped 3 events, so the estimates are too low",
    };

    /// <summary>Two application frames of three.</summary>
    public static AllocationSite Site(string function, long bytes) => new()
    {
        Frames =
        [
            new AllocationFrame { Function = "System.Collections.Generic.Dictionary<_, _>.Resize", Origin = TypeOrigin.Library },
            new AllocationFrame { Function = function, File = "/src/Shop/Cache.cs", Line = 61, Origin = TypeOrigin.Application },
            new AllocationFrame { Function = "Shop.Program.<lambda>", File = "/src/Shop/Program.cs", Line = 12, Origin = TypeOrigin.Application },
        ],
        Samples = 320,
        EstimatedBytes = bytes,
        RelativeError = 0.11,
    };

    public static TypeGrowth Type(string name, long growth) => new()
    {
        Name = name,
        Module = "Shop.dll",
        ObjectsBefore = 10,
        ObjectsAfter = 10 + growth,
        BytesBefore = 320,
        BytesAfter = 320 + (growth * 32),
    };

    /// <summary>42 MB came: 40 to the sessions, 3 to the pages; and 1 went from the buffers.</summary>
    public static GrowthNode Heap()
    {
        var heap = new GrowthNode(null, new PathStep("", null, PathStepKind.Heap));
        GrowthNode table = heap.Child(Root(Holder)).Child(Step("System.Collections.Generic.Dictionary<System.String, Shop.Session>"))
            .Child(Step("System.Collections.Generic.Dictionary+Entry<System.String, Shop.Session>[]"));
        Grow(table, 0, 4 * MB);
        GrowthNode session = table.Child(Step("Shop.Session"));
        Grow(session, 360_000, 10 * MB);
        Grow(session.Child(Step("System.Byte[]")), 360_000, 26 * MB);
        Grow(heap.Child(Root("static Shop.Pages.All")).Child(Step("Shop.Catalog.ProductPage")), 700, 3 * MB);
        Grow(heap.Child(Root("static Shop.Buffers.Free")).Child(Step("System.Byte[]")), -16, -1 * MB);
        return heap;
    }

    public static void Grow(GrowthNode node, long objects, long bytes)
    {
        (node.ObjectsBefore, node.ObjectsAfter) = objects < 0 ? (-objects, 0L) : (0L, objects);
        (node.BytesBefore, node.BytesAfter) = bytes < 0 ? (-bytes, 0L) : (0L, bytes);
    }

    public static PathStep Root(string name) => new(name, null, PathStepKind.Root);

    public static PathStep Step(string type) => new(type, type.StartsWith("Shop", StringComparison.Ordinal) ? "Shop.dll" : "System.Private.CoreLib.dll", PathStepKind.Type);

    private static SnapshotSummary Snapshot(SnapshotRole role, int seconds, long objects, long bytes) => new()
    {
        Role = role,
        Engine = "copy-on-write",
        TakenAt = Start.AddSeconds(seconds),
        PauseMilliseconds = 7.2,
        DurationMilliseconds = 812,
        LiveObjects = objects,
        LiveBytes = bytes,
        Complete = true,
        Coverage = 0.998,
    };

    private static MemoryReading Memory(params long[] parts)
    {
        string[] categories = ["gc_live", "gc_free", "gc_reserve", "code", "stacks", "files", "native"];
        var bytes = categories.Zip(parts).ToDictionary(part => part.First, part => part.Second * MB);
        return new MemoryReading { PssBytes = bytes.Values.Sum(), RssBytes = bytes.Values.Sum() + (30 * MB), PrivateBytes = bytes.Values.Sum() - (38 * MB), Categories = bytes };
    }
}
