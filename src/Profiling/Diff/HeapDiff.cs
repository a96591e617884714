using System.Globalization;
using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Diff;

/// <summary>What two snapshots of one worker say together.</summary>
internal sealed record HeapDiff
{
    /// <summary>
    /// Growth below this is not worth a finding: a service that warms up, takes connections or fills its log buffers grows by some hundred
    /// kilobytes between two snapshots without leaking.
    /// </summary>
    private const long LeastFloorBytes = 256 * 1024;

    /// <summary>In a large heap the noise is larger too.</summary>
    private const double FloorShareOfHeap = 0.005;

    public required Verdict Verdict { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyList<TypeGrowth> Types { get; init; }

    /// <summary>Nothing was compared, because a snapshot is missing or has gaps.</summary>
    public static HeapDiff NotCompared { get; } = new() { Verdict = Verdict.Inconclusive, Findings = [], Types = [] };

    /// <summary>Compares two snapshots; two that are not complete are not compared.</summary>
    /// <param name="baseline">The earlier one.</param>
    /// <param name="final">The later one.</param>
    /// <param name="known">Fingerprints of leaks that were reported before.</param>
    /// <param name="allocations">Who allocated what is alive in the later one; null where that was not tracked.</param>
    public static HeapDiff Compare(
        HeapSnapshot baseline, HeapSnapshot final, IReadOnlySet<string>? known = null, SurvivingAllocations? allocations = null)
    {
        if (!baseline.IsComplete || !final.IsComplete)
        {
            return NotCompared;
        }

        long floor = Math.Max(LeastFloorBytes, (long)(baseline.LiveBytes * FloorShareOfHeap));
        long growth = final.LiveBytes - baseline.LiveBytes;
        Growth paths = GrowthTree.Compare(baseline.Retention, final.Retention);
        IReadOnlyList<Accumulation> accumulations = LeakFinder.Find(paths.Heap, floor);
        AllocationSplit? split = allocations is null ? null : new AllocationSplit(allocations, paths, accumulations);
        Finding[] findings = [.. accumulations.Select((found, at) => ToFinding(found, at + 1, growth, known, split))];
        return new HeapDiff
        {
            Verdict = findings.Length == 0 ? Verdict.NoGrowth : Verdict.ManagedLeak,
            Findings = findings,
            Types = TypeDiff.Compare(baseline.Types, final.Types),
        };
    }

    private static Finding ToFinding(Accumulation found, int rank, long growth, IReadOnlySet<string>? known, AllocationSplit? allocations)
    {
        string[] path = [.. found.Type.Path().Select(step => step.Name)];
        string type = found.Type.Step.Name;
        string fingerprint = Fingerprint.Of(path);
        return new Finding
        {
            Rank = rank,
            Fingerprint = fingerprint,
            Status = known?.Contains(fingerprint) == true ? FindingStatus.Known : FindingStatus.New,
            Origin = found.Type.Origin,
            Type = type,
            Holder = path[0],
            Path = path,
            ObjectsDelta = found.Type.ObjectsDelta,
            BytesDelta = found.Type.BytesDelta,
            RetainedBytesDelta = found.RetainedBytesDelta,
            ShareOfGrowth = (double)found.RetainedBytesDelta / Math.Max(growth, found.RetainedBytesDelta),
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"{TypeName.Shorten(type)} grew by {found.Type.ObjectsDelta:N0} objects ({ByteSize.Format(found.RetainedBytesDelta)} retained), held by {path[0]}"),
            AllocationSites = allocations?.SitesOf(found) ?? [],
            AllocationNote = allocations?.NoteOn(found),
        };
    }
}
