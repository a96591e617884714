using System.Text;

namespace HeapDrift.Collector.Alerts;

/// <summary>Makes what a stranger sent fit for a log and an answer: no control characters, not much of it.</summary>
internal static class Printable
{
    private const int MostCharacters = 100;

    public static string Cut(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, MostCharacters));
        foreach (char character in text.AsSpan(0, Math.Min(text.Length, MostCharacters)))
        {
            // Lone halves of a pair cannot be written as UTF-8; U+2028 and its like end lines too.
            shown.Append(char.IsControl(character) || char.IsSurrogate(character) || character is '\u2028' or '\u2029' ? '?' : character);
        }

        return text.Length > MostCharacters ? shown.Append("...").ToString() : shown.ToString();
    }
}
