using HeapDrift.DetectorBench;

// Seeds below 1000 were looked at while the detector was made; those from 1000 on were not.
const int PresetSeed = 1000;
const int Each = 25;
int firstSeed = args is [string seed] ? int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture) : PresetSeed;

IReadOnlyList<MemorySeries> generated =
[
    .. Enumerable.Range(firstSeed, Each).SelectMany(seed =>
    {
        var generator = new SeriesGenerator(seed);
        return SeriesGenerator.HealthyKinds.Select(generator.Healthy).Concat(SeriesGenerator.LeakKinds.Select(generator.Leaking));
    }),
];
IReadOnlyList<MemorySeries> recorded = [.. Directory.GetFiles(Path.Join(AppContext.BaseDirectory, "recorded"), "*.csv").Order(StringComparer.Ordinal).Select(Recording.Read)];
Evaluation.Print($"{generated.Count(series => series.IsLeaking)} leaking and {generated.Count(series => !series.IsLeaking)} healthy generated series of up to 36 hours, seeds {firstSeed} to {firstSeed + Each - 1}", generated);
Evaluation.Print($"{recorded.Count(series => series.IsLeaking)} leaking and {recorded.Count(series => !series.IsLeaking)} healthy series recorded from samples/LeakyShop under load, an hour each", recorded);
