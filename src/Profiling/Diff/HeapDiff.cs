using System.Globalization;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Diff;

/// <summary>What the snapshots of one worker say together.</summary>
internal sealed record HeapDiff
{
    /// <summary>
    /// Growth below this is not worth a finding: a service that warms up, takes connections or fills its log buffers grows by some hundred
    /// kilobytes between two snapshots without leaking.
    /// </summary>
    private const long LeastFloorBytes = 256 * 1024;

    /// <summary>In a large heap the noise is larger too.</summary>
    private const double FloorShareOfHeap = 0.005;

    /// <summary>
    /// What only the platform holds and only the platform's types make up is rarely a leak and often a service at work: 32 connections that
    /// were opened between the snapshots were 472 KB of Kestrel. It must be this many times the floor, unless it was seen that the application allocates it.
    /// </summary>
    private const int PlatformFactor = 16;

    /// <summary>That much more where no snapshot between the two tells a cache that fills from a leak.</summary>
    private const int UnconfirmedFactor = 3;

    public required Verdict Verdict { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyList<TypeGrowth> Types { get; init; }

    /// <summary>Every path with what grew on it; null where nothing was compared.</summary>
    public GrowthNode? Paths { get; init; }

    /// <summary>Nothing was compared, because a snapshot is missing or has gaps.</summary>
    public static HeapDiff NotCompared { get; } = new() { Verdict = Verdict.Inconclusive, Findings = [], Types = [] };

    /// <summary>Compares two snapshots; two that are not complete are not compared.</summary>
    /// <param name="baseline">The earlier one.</param>
    /// <param name="final">The later one.</param>
    /// <param name="evidence">What is known besides; null for nothing.</param>
    public static HeapDiff Compare(HeapSnapshot baseline, HeapSnapshot final, DiffEvidence? evidence = null)
    {
        if (!baseline.IsComplete || !final.IsComplete)
        {
            return NotCompared;
        }

        evidence ??= DiffEvidence.None;
        long floor = Math.Max(LeastFloorBytes, (long)(baseline.LiveBytes * FloorShareOfHeap));
        Growth paths = GrowthTree.Compare(baseline.Retention, final.Retention);
        IReadOnlyList<Judged> grown = new Confirmation(baseline, evidence.Between, final).Judge(LeakFinder.Find(paths.Heap, floor));
        AllocationSplit? split = evidence.Allocations is { } allocations
            ? new AllocationSplit(allocations, paths, grown.Select(found => found.Accumulation))
            : null;
        bool isConfirmed = evidence.Between.Count != 0;
        IEnumerable<Judged> doubted = isConfirmed || split is null ? grown : grown.Select(split.Doubt);

        // Leaks first, as they were otherwise: what flattens and what came late are no accusations.
        Judged[] judged = [.. doubted.Where(found => IsWorthAName(found, floor, isConfirmed, split)).OrderBy(found => found.Verdict != Verdict.ManagedLeak)];
        long growth = final.LiveBytes - baseline.LiveBytes;
        return new HeapDiff
        {
            Verdict = judged.Length != 0 && judged[0].Verdict == Verdict.ManagedLeak ? Verdict.ManagedLeak
                : ProcessVerdict.Of(evidence.Memory, evidence.FullCollections)
                ?? (judged.Length == 0 ? Verdict.NoGrowth : judged[0].Verdict),
            Findings = [.. judged.Select((found, at) => ToFinding(found, at + 1, growth, evidence, split))],
            Types = TypeDiff.Compare(baseline.Types, final.Types),
            Paths = paths.Heap,
        };
    }

    private static bool IsWorthAName(Judged found, long floor, bool isConfirmed, AllocationSplit? split) =>
        !found.Accumulation.IsOnlyThePlatforms
        || found.Accumulation.RetainedBytesDelta >= floor * PlatformFactor
        || (found.Verdict == Verdict.ManagedLeak
            && found.Accumulation.RetainedBytesDelta >= floor * (isConfirmed ? 1 : UnconfirmedFactor)
            && split?.IsOfApplication(found.Accumulation) is true);

    private static Finding ToFinding(Judged judged, int rank, long growth, DiffEvidence evidence, AllocationSplit? allocations)
    {
        Accumulation found = judged.Accumulation;
        string[] path = [.. found.Type.Path().Select(step => step.Name)];
        string type = found.Type.Step.Name;
        string holder = found.Holder is { } own ? $"{own.Name} ({path[0]})" : path[0];
        string fingerprint = Fingerprint.Of(found.Identity().Select(step => step.Name));
        (IReadOnlyList<AllocationSite> sites, string? note) = allocations?.Of(found) ?? ([], evidence.WhyNoAllocations);
        Sighting? known = evidence.Known.TryGetValue(fingerprint, out Sighting sighting) ? sighting : null;
        return new Finding
        {
            Rank = rank,
            Fingerprint = fingerprint,
            Status = known?.Status ?? FindingStatus.New,
            KnownSince = known?.Since,
            Verdict = judged.Verdict,
            Origin = found.Type.Origin,
            Type = type,
            Holder = holder,
            Path = path,
            ObjectsDelta = found.Type.ObjectsDelta,
            BytesDelta = found.Type.BytesDelta,
            RetainedBytesDelta = found.RetainedBytesDelta,
            ShareOfGrowth = (double)found.RetainedBytesDelta / Math.Max(growth, found.RetainedBytesDelta),
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"{TypeName.Shorten(type)} grew by {found.Type.ObjectsDelta:N0} objects ({ByteSize.Format(found.RetainedBytesDelta)} retained), held by {holder}"),
            AllocationSites = sites,
            AllocationNote = note,
        };
    }
}
