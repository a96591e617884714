using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace HeapDrift.Profiling.Reports.Html;

/// <summary>
/// HTML in which nobody can forget to escape: the literal parts of an interpolated string are markup, its holes are text. Numbers are written
/// alike in all cultures.
/// </summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _html = new();

    public HtmlText Add([InterpolatedStringHandlerArgument("")] ref Markup html)
    {
        _ = html;
        return this;
    }

    /// <summary>What is markup as a whole: the page's own style and script.</summary>
    public void AddVerbatim(string markup) => _html.Append(markup);

    public override string ToString() => _html.ToString();

    /// <summary>
    /// Characters that mean something in markup become references. Those that are not seen, or that turn the text around them, are written as what
    /// they are (<c>\u202E</c>): a name could look like another one.
    /// </summary>
    private void Escape(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '<':
                    _html.Append("&lt;");
                    break;
                case '>':
                    _html.Append("&gt;");
                    break;
                case '&':
                    _html.Append("&amp;");
                    break;
                case '"':
                    _html.Append("&quot;");
                    break;
                case '\'':
                    _html.Append("&#39;");
                    break;
                default:
                    AppendSeen(rune);
                    break;
            }
        }
    }

    private void AppendSeen(Rune rune)
    {
        if (rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
        {
            _html.Append(rune);
        }
        else
        {
            _html.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
        }
    }

    /// <summary>Writes an interpolated string as it comes, without a copy.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Markup
    {
        private readonly HtmlText _to;

        public Markup(int literalLength, int formattedCount, HtmlText to) => (_, _, _to) = (literalLength, formattedCount, to);

        public void AppendLiteral(string markup) => _to._html.Append(markup);

        public void AppendFormatted(string? text) => _to.Escape(text);

        public void AppendFormatted<T>(T value, string? format = null)
            where T : struct, IFormattable => _to.Escape(value.ToString(format, CultureInfo.InvariantCulture));
    }
}
