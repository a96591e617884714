using HeapDrift.DetectorBench;

namespace HeapDrift.Profiling.Tests.Detection;

/// <summary>A small part of what bench/DetectorBench measures, on seeds that nobody looked at while the detector was made.</summary>
public sealed class DetectorEvaluationTests
{
    private const int FirstSeed = 2000;
    private const int Seeds = 8;

    public static TheoryData<string> Leaks => [.. SeriesGenerator.LeakKinds];

    public static TheoryData<string> LookAlikes => [.. SeriesGenerator.HealthyKinds];

    [Theory]
    [MemberData(nameof(Leaks))]
    public void MostLeaksOfEachKindAreFound(string kind) =>
        Assert.InRange(Measure(seed => new SeriesGenerator(seed).Leaking(kind)).Found, Seeds / 2, Seeds);

    [Theory]
    [MemberData(nameof(LookAlikes))]
    public void NoHealthyServiceIsAccused(string kind) => Assert.Equal(0, Measure(seed => new SeriesGenerator(seed).Healthy(kind)).FalseAlarms);

    [Fact]
    public void NineteenOfTwentyLeaksAreFound()
    {
        Score all = Evaluation.Measure(
            Rules.All[0].FirstAlarm,
            [.. Enumerable.Range(FirstSeed, Seeds).SelectMany(seed => SeriesGenerator.LeakKinds.Select(new SeriesGenerator(seed).Leaking))]);

        Assert.InRange(all.Recall, 0.95, 1);
    }

    private static Score Measure(Func<int, MemorySeries> make) =>
        Evaluation.Measure(Rules.All[0].FirstAlarm, [.. Enumerable.Range(FirstSeed, Seeds).Select(make)]);
}
