using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HeapDrift.DetectorBench;

/// <summary>Runs all rules over series and prints one Markdown table.</summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "A bench prints.")]
internal static class Evaluation
{
    public static void Print(string title, IReadOnlyList<MemorySeries> all)
    {
        Console.Out.WriteLine($"{title}\n");
        Console.Out.WriteLine("| rule | leaks found | recall | healthy series accused | a day of health | median time to detect |");
        Console.Out.WriteLine("|---|---|---|---|---|---|");
        Score[] scores = [.. Rules.All.Select(rule => Print(rule.Name, Measure(rule.FirstAlarm, all)))];
        Console.Out.WriteLine();
        foreach (string mistake in scores[0].Mistakes)
        {
            Console.Out.WriteLine($"{Rules.All[0].Name} {mistake}");
        }

        Console.Out.WriteLine();
    }

    public static Score Measure(Rule firstAlarm, IReadOnlyList<MemorySeries> all)
    {
        var score = new Score();
        foreach ((MemorySeries series, TimeSpan? alarm) in all.AsParallel().AsOrdered().Select(series => (series, firstAlarm(series))))
        {
            score.Add(series, alarm);
        }

        return score;
    }

    private static Score Print(string name, Score score)
    {
        string delay = score.MedianDelay is { } median ? string.Create(CultureInfo.InvariantCulture, $"{median.TotalMinutes:N0} min") : "-";
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {score.Found} of {score.Leaks} | {score.Recall:P0} | {score.FalseAlarms} of {score.Healthy} | {score.FalseAlarms / Math.Max(score.HealthyDays, 1e-9):N2} | {delay} |"));
        return score;
    }
}
