using System.Globalization;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Profiling.Allocations;

/// <summary>The sampled allocations of a window that its final snapshot found alive: who allocated them, and on which path they hang.</summary>
internal sealed class SurvivingAllocations
{
    /// <summary>Too few to say how much it is, but if another line had half of it, five of five samples would be here in 3 of 100 cases.</summary>
    private const int LeastUnanimous = 5;

    private readonly List<Survivor> _survivors;

    private readonly SampleSet _samples;

    private SurvivingAllocations(List<Survivor> survivors, string? caveat, SampleSet samples) => (_survivors, Caveat, _samples) = (survivors, caveat, samples);

    /// <summary>Why the estimates may be too low, in a sentence; null where they are not.</summary>
    public string? Caveat { get; }

    /// <summary>One for each live sample.</summary>
    public IReadOnlyList<Survivor> Survivors => _survivors;

    /// <param name="samples">As of the moment of the snapshot.</param>
    /// <param name="snapshot">What it says of them.</param>
    /// <param name="name">Names a frame, once for each.</param>
    public static SurvivingAllocations Of(SampleSet samples, SnapshotSurvivors snapshot, Func<RawFrame, NamedFrame> name)
    {
        var byAddress = samples.Samples.ToDictionary(sample => sample.Address);
        var frames = snapshot.Frames.ToDictionary(frame => frame.Key, frame => name(frame.Value));
        var stacks = new Dictionary<int, FoldedStack>();
        List<Survivor> survivors = [];
        foreach (LiveSample live in snapshot.Live)
        {
            if (byAddress.TryGetValue(live.Address, out SampledObject sample))
            {
                if (!stacks.TryGetValue(sample.Stack, out FoldedStack? stack))
                {
                    IEnumerable<ulong> addresses = samples.Stacks.FramesOf(sample.Stack);
                    stacks[sample.Stack] = stack = FoldedStack.Of(addresses.Select(frames.GetValueOrDefault).OfType<NamedFrame>());
                }

                survivors.Add(new Survivor(sample, live.Node, stack));
            }
        }

        string? caveat = samples.Lost != 0 ? string.Create(CultureInfo.InvariantCulture, $"the runtime dropped {samples.Lost:N0} events, so the estimates are too low")
            : samples.IsLate ? "the snapshot had to be taken a second time, so the estimates may be too low"
            : null;
        return new SurvivingAllocations(survivors, caveat, samples);
    }

    /// <summary>
    /// How far the program was, since a stack allocated for the first time, when it allocated the oldest of what is left: 0 where its very first is still there. By what
    /// it has allocated and not by the clock, since it runs slowly while it is looked at.
    /// </summary>
    /// <param name="ofOneStack">At least one.</param>
    public double AgeOfOldest(IGrouping<int, Survivor> ofOneStack) =>
        _samples.FirstOfStack.TryGetValue(ofOneStack.Key, out long first) ? _samples.Arrivals.ShareOf(first, ofOneStack.Min(survivor => survivor.Sample.At)) : 0;

    /// <summary>
    /// By the application's frames, since what lies between them (a list that grows, a list that does not) is one line of the team's to look at.
    /// The most bytes first; those with too few samples are left out. Where no way to a line has enough of them, the line may have: one that is called from many
    /// places, or of code that was compiled several times.
    /// </summary>
    public static IReadOnlyList<AllocationSite> SitesOf(IReadOnlyList<Survivor> survivors)
    {
        IReadOnlyList<AllocationSite> byStack = SitesBy(survivors, KeyOf, estimate => !estimate.IsTooSmall);
        IReadOnlyList<AllocationSite> byLine = byStack.Count != 0 ? byStack : SitesBy(survivors, LineOf, estimate => !estimate.IsTooSmall);
        return byLine.Count != 0 ? byLine : SitesBy(survivors, LineOf, estimate => estimate.Samples == survivors.Count && estimate.Samples >= LeastUnanimous);
    }

    private static IReadOnlyList<AllocationSite> SitesBy(IEnumerable<Survivor> survivors, Func<FoldedStack, string> keyOf, Func<SampleEstimate, bool> isEnough) =>
    [
        .. survivors.GroupBy(survivor => survivor.Stack)
            .GroupBy(stack => keyOf(stack.Key), StringComparer.Ordinal)
            .Select(same => (Estimate: Estimate(same.SelectMany(stack => stack)), Stack: Typical(same), same.Key))
            .Where(site => isEnough(site.Estimate) && site.Stack.Entries.Count != 0)
            .OrderByDescending(site => site.Estimate.Bytes)
            .ThenBy(site => site.Key, StringComparer.Ordinal)
            .Select(site => ToSite(site.Estimate, site.Stack)),
    ];

    /// <summary>
    /// Every stack with what it alone allocated, those with too few samples included: for a picture, in which many small ones are one. What is beyond
    /// <see cref="Limits.FlameStacks"/> comes last, without frames.
    /// </summary>
    public IReadOnlyList<AllocationSite> Stacks()
    {
        IGrouping<FoldedStack, Survivor>[] stacks = [.. _survivors.GroupBy(survivor => survivor.Stack).OrderByDescending(same => Estimate(same).Bytes)];
        Survivor[] rest = [.. stacks.Skip(Limits.FlameStacks).SelectMany(same => same)];
        return
        [
            .. stacks.Take(Limits.FlameStacks).Select(same => ToSite(Estimate(same), same.Key)),
            .. rest.Length == 0 ? [] : new[] { ToSite(Estimate(rest), FoldedStack.Of([])) },
        ];
    }

    public static SampleEstimate Estimate(IEnumerable<Survivor> survivors)
    {
        var estimate = new SampleEstimate();
        foreach (Survivor survivor in survivors)
        {
            estimate.Add(survivor.Sample);
        }

        return estimate;
    }

    /// <summary>The stack with the most bytes.</summary>
    private static FoldedStack Typical(IEnumerable<IGrouping<FoldedStack, Survivor>> same) => same
        .MaxBy(stack => stack.Sum(survivor => survivor.Sample.Bytes / survivor.Sample.Probability))!.Key;

    private static string KeyOf(FoldedStack stack)
    {
        FoldedEntry[] application = [.. stack.Entries.Where(entry => !entry.IsFramework)];
        return string.Join('\n', (application.Length == 0 ? stack.Entries : application).Select(entry => $"{entry.Frame.Name.Function} {entry.Frame.Source}"));
    }

    /// <summary>The application's frame nearest to the allocation.</summary>
    private static string LineOf(FoldedStack stack) => stack.FirstApplicationFrame is { } frame ? $"{frame.Name.Function} {frame.Source}" : KeyOf(stack);

    private static AllocationSite ToSite(SampleEstimate estimate, FoldedStack stack) => new()
    {
        Frames =
        [
            .. stack.Entries.Take(Limits.SiteFrames).Select(entry => new AllocationFrame
            {
                Function = entry.Frame.Name.Function,
                File = entry.Frame.Source?.File,
                Line = entry.Frame.Source?.Line,
                Origin = entry.IsFramework ? TypeOrigin.Library : TypeOrigin.Application,
            }),
        ],
        Samples = estimate.Samples,
        EstimatedBytes = estimate.Bytes,
        RelativeError = Math.Round(estimate.RelativeError, 4),
    };
}

/// <summary>A sampled object that is alive.</summary>
/// <param name="Sample">What was seen when it was allocated.</param>
/// <param name="Node">Its path: a node of the final snapshot's retention tree.</param>
/// <param name="Stack">Who allocated it.</param>
internal readonly record struct Survivor(SampledObject Sample, int Node, FoldedStack Stack);
