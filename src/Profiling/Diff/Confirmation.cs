using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>An accumulation and what its growth from snapshot to snapshot allows to say of it.</summary>
internal readonly record struct Judged(Accumulation Accumulation, Verdict Verdict);

/// <summary>Looks at the snapshots between the first and the last: what grew in each interval, what flattened, what fell back.</summary>
internal sealed class Confirmation(HeapSnapshot baseline, IReadOnlyList<HeapSnapshot> between, HeapSnapshot final)
{
    /// <summary>In their order; what fell back is left out.</summary>
    public IReadOnlyList<Judged> Judge(IReadOnlyList<Accumulation> accumulations)
    {
        PathAmounts[] amounts = [.. between.Select(snapshot => new PathAmounts(snapshot.Retention))];
        return
        [
            .. accumulations.Select(found => new Judged(found, Judge(found, amounts)))
                .Where(judged => judged.Verdict != Verdict.NoGrowth),
        ];
    }

    /// <summary>
    /// Objects where objects multiply, since tables grow by doubling; otherwise bytes.
    /// </summary>
    private Verdict Judge(Accumulation found, PathAmounts[] amounts)
    {
        bool isPile = LeakFinder.IsPile(found.Type);
        IReadOnlyList<PathStep> path = found.Type.Path();
        var points = new List<(double, double)> { (0, isPile ? found.Type.ObjectsBefore : found.Point.RetainedBefore) };
        foreach ((HeapSnapshot snapshot, PathAmounts amount) in between.Zip(amounts))
        {
            points.Add((Seconds(snapshot), isPile ? amount.Objects(path) : amount.RetainedBytes(found.Point.Path())));
        }

        points.Add((Seconds(final), isPile ? found.Type.ObjectsAfter : found.Point.RetainedBefore + found.Point.RetainedBytesDelta));
        return GrowthSeries.Judge(points);
    }

    private double Seconds(HeapSnapshot snapshot) => (snapshot.TakenAt - baseline.TakenAt).TotalSeconds;
}
