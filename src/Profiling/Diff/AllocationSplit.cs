using System.Globalization;
using HeapDrift.Profiling.Allocations;

namespace HeapDrift.Profiling.Diff;

/// <summary>Which of the surviving allocations belong to which accumulation: to the nearest one that they hang on.</summary>
internal sealed class AllocationSplit
{
    /// <summary>Sites of one finding in the report.</summary>
    private const int MostSites = 5;

    private readonly Dictionary<GrowthNode, List<Survivor>> _ofPoint = [];
    private readonly string? _caveat;

    public AllocationSplit(SurvivingAllocations allocations, Growth paths, IEnumerable<Accumulation> accumulations)
    {
        _caveat = allocations.Caveat;
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
