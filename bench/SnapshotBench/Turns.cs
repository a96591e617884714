using System.Globalization;

namespace HeapDrift.SnapshotBench;

/// <summary>How much gets done with something going on against without it, in turns: neighbours come and go, so each turn is compared with those before and after it.</summary>
/// <param name="Name">Of the row, for progress.</param>
/// <param name="Condition">What is going on, in a word.</param>
/// <param name="What">What the table says of it.</param>
/// <param name="Baseline">And of the time without.</param>
/// <param name="Least">The ratio that was promised.</param>
/// <param name="Rate">Writes a rate.</param>
internal sealed record Turns(string Name, string Condition, string What, string Baseline, double Least, Func<double, string> Rate)
{
    public async Task<Row> MeasureAsync(BenchRun run, Func<Task<double>> without, Func<Task<double>> with)
    {
        var ratios = new List<double>();
        var during = new List<double>();
        var alone = new List<double>();
        for (int i = 0; i < run.Options.Repeat; i++)
        {
            double before = await without();
            during.Add(await with());
            alone.Add((before + await without()) / 2);
            ratios.Add(during[i] / alone[i]);
            Screen.Progress($"{Name} {i + 1}/{run.Options.Repeat}: {Rate(during[i])} {Condition}, {Rate(alone[i])} without");
        }

        var ratio = new Spread(ratios);
        return new(
            What,
            new Spread(during).Show(Rate),
            $"{Baseline}: {new Spread(alone).Show(Rate)}",
            ratio.Show(value => string.Create(CultureInfo.InvariantCulture, $"{value:N3}")),
            string.Create(CultureInfo.InvariantCulture, $">= {Least}"),
            ratio.Median >= Least);
    }
}
