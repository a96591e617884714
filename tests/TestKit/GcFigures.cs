using System.Globalization;

namespace HeapDrift.TestKit;

/// <summary>A worker's collector in the words of its own runtime.</summary>
/// <param name="Collections">Of generation 0, 1 and 2, each alone.</param>
/// <param name="PauseTime">Of all collections.</param>
/// <param name="AllocatedBytes">Since it was started.</param>
/// <param name="SizeBytes">By generation, large and pinned objects behind, after the last collection.</param>
/// <param name="FragmentationBytes">Likewise.</param>
public sealed record GcFigures(IReadOnlyList<long> Collections, TimeSpan PauseTime, long AllocatedBytes, IReadOnlyList<long> SizeBytes, IReadOnlyList<long> FragmentationBytes)
{
    private const int Generations = 5;

    /// <summary>The answer of PlainWorker.</summary>
    public static GcFigures Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        string[] words = line.Split(' ');
        long[] Numbers(int from, int count) => [.. words.Skip(from).Take(count).Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        return new(Numbers(1, 3), TimeSpan.FromMilliseconds(double.Parse(words[4], CultureInfo.InvariantCulture)), Numbers(5, 1)[0], Numbers(6, Generations), Numbers(6 + Generations, Generations));
    }
}
