using System.Globalization;
using System.Text;

namespace HeapDrift.Instrumentation.Telemetry;

/// <summary>
/// What back ends keep of an attribute. Tempo cuts a value above 2,048 bytes wherever that falls; Loki stores an array as JSON text, so
/// that a cut array could not be read any more; exporters write the name of the CLR type where they do not know a type. So values are made
/// to fit here, on purpose and visibly.
/// </summary>
internal static class AttributeLimits
{
    /// <summary>In UTF-8; Tempo's <c>max_attribute_bytes</c>.</summary>
    public const int MostBytes = 2048;

    /// <summary>Of one step of a path that is too long as a whole: both ends and something between them always fit.</summary>
    private const int MostBytesOfStep = MostBytes / 4;

    private const string Ellipsis = "...";

    /// <summary>Absent attributes left out, the others as types that every exporter knows: bool, long, double, string, string[].</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Apply(IEnumerable<KeyValuePair<string, object?>> attributes) =>
        from attribute in attributes
        where attribute.Value is not null
        select KeyValuePair.Create(attribute.Key, (object?)Fit(attribute.Value));

    /// <summary>At most <see cref="MostBytes"/>, cut between two characters.</summary>
    public static string Cut(string text) => Cut(text, MostBytes, static rune => rune.Utf8SequenceLength);

    /// <summary>
    /// A path whose JSON text has at most <see cref="MostBytes"/>. A longer one keeps its ends, because they name the holder and the type
    /// that piles up, and says how many steps are missing between them.
    /// </summary>
    public static string[] CutPath(IReadOnlyList<string> path)
    {
        const int brackets = 2;
        if (path.Sum(JsonBytes) + brackets <= MostBytes)
        {
            return [.. path];
        }

        string[] steps = [.. path.Select(step => Cut(step, MostBytesOfStep, JsonBytes))];
        int used = brackets + JsonBytes(Missing(steps.Length));
        int first = 0;
        int last = 0;
        while (first + last < steps.Length)
        {
            bool takeLast = last <= first;
            used += JsonBytes(takeLast ? steps[^(last + 1)] : steps[first]);
            if (used > MostBytes)
            {
                return [.. steps[..first], Missing(steps.Length - first - last), .. steps[^last..]];
            }

            last += takeLast ? 1 : 0;
            first += takeLast ? 0 : 1;
        }

        return steps;
    }

    private static object Fit(object value) => value switch
    {
        string text => Cut(text),
        IReadOnlyList<string> path => CutPath(path),
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        int number => (long)number,
        bool or long or double => value,
        _ => throw new ArgumentException($"An attribute cannot be a {value.GetType()}.", nameof(value)),
    };

    private static string Missing(int steps) =>
        string.Create(CultureInfo.InvariantCulture, $"{Ellipsis} {steps} {(steps == 1 ? "step" : "steps")} {Ellipsis}");

    private static string Cut(string text, int mostBytes, Func<Rune, int> bytesOf)
    {
        int bytes = 0;
        int kept = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += bytesOf(rune);
            if (bytes > mostBytes)
            {
                return string.Concat(text.AsSpan(0, kept), Ellipsis);
            }

            kept += bytes <= mostBytes - Ellipsis.Length ? rune.Utf16SequenceLength : 0;
        }

        return text;
    }

    /// <summary>One element of an array: with its quotes and a comma.</summary>
    private static int JsonBytes(string text)
    {
        int bytes = 3;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += JsonBytes(rune);
        }

        return bytes;
    }

    /// <summary>At most, as Go's encoding/json writes it for Loki: six bytes for &lt; &gt; &amp;, which type names are full of.</summary>
    private static int JsonBytes(Rune rune) => rune.Value switch
    {
        '"' or '\\' => 2,
        < ' ' or '<' or '>' or '&' or 0x7F or 0x2028 or 0x2029 => 6,
        _ => rune.Utf8SequenceLength,
    };
}
