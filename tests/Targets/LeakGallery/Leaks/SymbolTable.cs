using LeakGallery.Hosting;

namespace Search.Indexing;

/// <summary>Equal words are kept once.</summary>
internal static class SymbolTable
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal);

    public static string Intern(ReadOnlySpan<char> word)
    {
        if (Words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var known))
        {
            return known;
        }

        var added = word.ToString(); // allocates
        Words.Add(added, added);
        return added;
    }
}

internal sealed class Indexer : IProgram
{
    private readonly char[] _word = new char[64];

    public int Length { get; private set; }

    public int RequestsPerSecond => 15000;

    public void Serve(int number)
    {
        _word.AsSpan().Fill('x');
        number.TryFormat(_word, out _);
        Length += SymbolTable.Intern(_word).Length; // allocates
    }
}
