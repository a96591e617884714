using System.Text;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>
/// What back ends take: Tempo cuts attributes silently at 2,048 bytes (its <c>max_attribute_bytes</c>), so that we cut first and say so.
/// </summary>
internal static class AttributeLimits
{
    public const int MostBytes = 2_048;

    private const char Ellipsis = '…';

    /// <summary>Room of one array element in its JSON text: two quotes and a comma.</summary>
    private const int ElementBytes = 3;

    public static string Cut(string value)
    {
        if (Encoding.UTF8.GetByteCount(value) <= MostBytes)
        {
            return value;
        }

        var cut = new StringBuilder();
        int left = MostBytes - new Rune(Ellipsis).Utf8SequenceLength;
        foreach (Rune character in value.EnumerateRunes())
        {
            left -= character.Utf8SequenceLength;
            if (left < 0)
            {
                break;
            }

            cut.Append(character.ToString());
        }

        return cut.Append(Ellipsis).ToString();
    }

    /// <summary>A path that fits as a whole: its beginning and its end matter, the middle is counted.</summary>
    public static string[] CutPath(IReadOnlyList<string> steps)
    {
        if (Bytes(steps) <= MostBytes)
        {
            return [.. steps];
        }

        for (int kept = steps.Count - 1; kept >= 2; kept--)
        {
            int head = (kept + 1) / 2;
            string[] path = [.. steps.Take(head), $"… {steps.Count - kept} steps …", .. steps.Skip(steps.Count - (kept - head))];
            if (Bytes(path) <= MostBytes)
            {
                return path;
            }
        }

        return [Cut(steps[^1])];
    }

    private static int Bytes(IEnumerable<string> steps) => steps.Sum(step => Encoding.UTF8.GetByteCount(step) + ElementBytes);
}
