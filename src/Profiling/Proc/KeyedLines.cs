using System.Globalization;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// The <c>Key:   value</c> lines that the kernel writes into status and smaps_rollup. Lines and keys that nobody asks for are left
/// alone: kernels add some with every release. Where a key repeats, the first one counts.
/// </summary>
internal sealed class KeyedLines
{
    private const int BytesPerKilobyte = 1024;

    /// <summary>4 EiB, far beyond any address space, so that two sizes can be added without a check.</summary>
    private const long MostKilobytes = (1L << 52) - 1;

    private readonly Dictionary<string, (int Line, string Value)> _values = new(StringComparer.Ordinal);
    private readonly string _source;
    private readonly int _lines;

    public KeyedLines(string text, string source)
    {
        _source = source;
        ReadOnlySpan<char> span = text;

        // Only at line feeds: a process may put a carriage return into its name, which the kernel does not escape.
        foreach (Range range in span.TrimEnd('\n').Split('\n'))
        {
            ReadOnlySpan<char> line = span[range];
            _lines++;
            int colon = line.IndexOf(':');
            if (colon > 0)
            {
                _values.TryAdd(line[..colon].ToString(), (_lines, line[(colon + 1)..].Trim().ToString()));
            }
        }
    }

    public string Text(string key) => Find(key).Value;

    public int Count(string key) => int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        ? value
        : throw Malformed(key, "a number");

    /// <summary>Numbers between tabs or blanks.</summary>
    public uint[] Numbers(string key, int atLeast = 1)
    {
        string[] words = Text(key).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        uint[] numbers = new uint[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!uint.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                throw Malformed(key, "numbers");
            }
        }

        return numbers.Length >= atLeast ? numbers : throw Malformed(key, "numbers");
    }

    /// <summary>Hexadecimal digits without a prefix; bit 0 stands for signal 1, or for capability 0.</summary>
    public ulong Mask(string key) =>
        ulong.TryParse(Text(key), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw Malformed(key, "16 hexadecimal digits");

    /// <summary>The kernel prints kB, which are 1,024 bytes.</summary>
    public long Bytes(string key)
    {
        string value = Text(key);
        return value.EndsWith(" kB", StringComparison.Ordinal)
            && long.TryParse(value.AsSpan(0, value.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            && kilobytes <= MostKilobytes
            ? kilobytes * BytesPerKilobyte
            : throw Malformed(key, "a number of kB");
    }

    public long? BytesIfPresent(string key) => Has(key) ? Bytes(key) : null;

    public bool Has(string key) => _values.ContainsKey(key);

    public InvalidDataException Malformed(string key, string expected)
    {
        (int line, string value) = Find(key);
        string quoted = value.Length <= Limits.QuotedCharacters ? value : value[..Limits.QuotedCharacters] + "...";
        return new($"{_source}, line {line}: expected {expected} for {key}, found '{quoted}'");
    }

    private (int Line, string Value) Find(string key) => _values.TryGetValue(key, out (int Line, string Value) found)
        ? found
        : throw new InvalidDataException($"{_source}, line {_lines}: expected {key}, found the end of the file");
}
