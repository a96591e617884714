using System.Globalization;
using HeapDrift.Profiling.Allocations;

namespace HeapDrift.Profiling.Diff;

/// <summary>Which of the surviving allocations belong to which accumulation: to the nearest one that they hang on.</summary>
internal sealed class AllocationSplit
{
    /// <summary>Sites of one finding in the report.</summary>
    private const int MostSites = 5;

    /// <summary>One or two may be anything.</summary>
    private const int LeastSamples = 3;

    /// <summary>If each third had its share, of so many none would be of the first in less than one case of a hundred.</summary>
    private const int LeastToDoubt = 12;

    private const double FirstPart = 1.0 / 3;

    private readonly Dictionary<GrowthNode, List<Survivor>> _ofPoint = [];
    private readonly string? _caveat;
    private readonly SurvivingAllocations _allocations;

    public AllocationSplit(SurvivingAllocations allocations, Growth paths, IEnumerable<Accumulation> accumulations)
    {
        _caveat = allocations.Caveat;
        _allocations = allocations;
        foreach (Accumulation accumulation in accumulations)
        {
            _ofPoint[accumulation.Point] = [];
        }

        foreach (Survivor survivor in allocations.Survivors)
        {
            for (GrowthNode? at = paths.OfFinal[survivor.Node]; at is not null; at = at.Parent)
            {
                if (_ofPoint.TryGetValue(at, out List<Survivor>? own))
                {
                    own.Add(survivor);
                    break;
                }
            }
        }
    }

    /// <summary>
    /// Of what piles up all the time something is left of the first that a line allocated. Where most lines have nothing left of their first third, it is what lives for
    /// some seconds: sessions under rising load, or a cache whose entries expire. For want of snapshots between the two that is the sign that there is.
    /// </summary>
    public Judged Doubt(Judged judged)
    {
        List<Survivor> own = _ofPoint[judged.Accumulation.Point];
        if (judged.Verdict != Verdict.ManagedLeak || own.Count < LeastToDoubt)
        {
            return judged;
        }

        // By samples and not by bytes: a table that grows is one large array, and always the newest.
        int late = own.GroupBy(survivor => survivor.Sample.Stack).Where(stack => _allocations.AgeOfOldest(stack) > FirstPart).Sum(stack => stack.Count());
        return late > own.Count / 2 ? judged with { Verdict = Verdict.Inconclusive } : judged;
    }

    /// <summary>Whether most of what hangs there was allocated for the application's code, as far as the samples tell.</summary>
    public bool IsOfApplication(Accumulation found)
    {
        List<Survivor> own = _ofPoint[found.Point];
        Survivor[] application = [.. own.Where(survivor => survivor.Stack.IsOfApplication)];
        return application.Length >= LeastSamples && SurvivingAllocations.Estimate(application).Bytes >= SurvivingAllocations.Estimate(own).Bytes / 2;
    }

    /// <summary>Who allocated what hangs there, and why it is not known better, in a sentence; null where it is.</summary>
    public (IReadOnlyList<AllocationSite> Sites, string? Note) Of(Accumulation found)
    {
        List<Survivor> own = _ofPoint[found.Point];
        IReadOnlyList<AllocationSite> sites = SurvivingAllocations.SitesOf(own);
        string? tooFew = sites.Count != 0 ? null
            : own.Count == 0 ? "no allocation of what survived was sampled: a longer window sees more"
            : string.Create(CultureInfo.InvariantCulture, $"{own.Count:N0} samples of what survived are too few to name a line: a longer window sees more");
        return ([.. sites.Take(MostSites)], tooFew is null ? _caveat : _caveat is null ? tooFew : $"{tooFew}; {_caveat}");
    }
}
