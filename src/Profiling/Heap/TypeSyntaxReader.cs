using System.Text;

namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Recursive descent over: type = segment { '+' segment } [ '[' arguments ']' ] { rank | '*' | '&amp;' }, segment = name [ '`' arity ]
/// [ '&lt;' arguments '&gt;' ]. Every character is looked at once; the caller bounds the depth.
/// </summary>
internal sealed class TypeSyntaxReader(string text)
{
    /// <summary>How the DAC writes a reference.</summary>
    private const string ByRef = " ByRef";

    private int _at;

    private char Current => _at < text.Length ? text[_at] : '\0';

    private char Next => _at + 1 < text.Length ? text[_at + 1] : '\0';

    public TypeSyntax? TryReadAll() => TryReadType() is { } type && _at == text.Length ? type : null;

    private TypeSyntax? TryReadType()
    {
        List<TypeSegment> segments = [];
        do
        {
            if (TryReadSegment() is not { } segment)
            {
                return null;
            }

            segments.Add(segment);
        }
        while (Take('+') || (segments[^1].Arguments.Count != 0 && Take('.')));

        if (Current == '[' && Next is not (']' or ',' or '*'))
        {
            if (TryReadArguments(']') is not { } arguments)
            {
                return null;
            }

            Distribute(arguments, segments);
        }

        return TryReadSuffix() is { } suffix ? new TypeSyntax(segments, suffix) : null;
    }

    private TypeSegment? TryReadSegment()
    {
        var name = new StringBuilder();
        while (Current is not ('\0' or '+' or ',' or '[' or ']' or '>' or '*' or '&' or '`' or ' '))
        {
            if (Current != '<')
            {
                name.Append(text[_at++]);
            }
            else if (name.Length == 0 || name[^1] == '.')
            {
                CopyBracketed(name);
            }
            else
            {
                break;
            }
        }

        int arity = ReadArity();
        return Current != '<' ? new TypeSegment(name.ToString(), arity, [])
            : TryReadArguments('>') is { } arguments ? new TypeSegment(name.ToString(), arity, arguments)
            : null;
    }

    /// <summary>The brackets with which a compiler begins the names that it makes: <c>&lt;&lt;Main&gt;$&gt;d__0</c>.</summary>
    private void CopyBracketed(StringBuilder to)
    {
        int depth = 0;
        do
        {
            depth += Current == '<' ? 1 : Current == '>' ? -1 : 0;
            to.Append(text[_at++]);
        }
        while (depth > 0 && _at < text.Length);
    }

    /// <summary>0 for a number that no compiler writes.</summary>
    private int ReadArity()
    {
        int arity = 0;
        if (Take('`'))
        {
            while (char.IsAsciiDigit(Current))
            {
                arity = Math.Min((10 * arity) + (text[_at++] - '0'), Limits.GenericArity + 1);
            }
        }

        return arity > Limits.GenericArity ? 0 : arity;
    }

    private List<TypeSyntax>? TryReadArguments(char end)
    {
        List<TypeSyntax> arguments = [];
        do
        {
            _at++;
            while (Take(' '))
            {
            }

            if (TryReadArgument() is not { } argument)
            {
                return null;
            }

            arguments.Add(argument);
        }
        while (Current == ',');

        return Take(end) ? arguments : null;
    }

    /// <summary>Plain, or in brackets of its own with its assembly.</summary>
    private TypeSyntax? TryReadArgument()
    {
        bool isQualified = Take('[');
        TypeSyntax? argument = TryReadType();
        if (!isQualified || argument is null)
        {
            return argument;
        }

        while (Current is not ('\0' or ']'))
        {
            _at++;
        }

        return Take(']') ? argument : null;
    }

    /// <summary>The names say how many of the arguments behind them each declares; where they do not, the arguments are the innermost type's.</summary>
    private static void Distribute(List<TypeSyntax> arguments, List<TypeSegment> to)
    {
        if (to.Sum(segment => segment.Arity) != arguments.Count)
        {
            to[^1] = to[^1] with { Arguments = [.. to[^1].Arguments, .. arguments] };
            return;
        }

        int taken = 0;
        for (int index = 0; index < to.Count; index++)
        {
            to[index] = to[index] with { Arguments = arguments.GetRange(taken, to[index].Arity) };
            taken += to[index].Arity;
        }
    }

    private string? TryReadSuffix()
    {
        var suffix = new StringBuilder();
        while (true)
        {
            if (Current is '*' or '&')
            {
                suffix.Append(text[_at++]);
            }
            else if (text.AsSpan(_at).StartsWith(ByRef, StringComparison.Ordinal))
            {
                _at += ByRef.Length;
                suffix.Append('&');
            }
            else if (Current != '[')
            {
                return suffix.ToString();
            }
            else if (!TryReadRank(suffix))
            {
                return null;
            }
        }
    }

    private bool TryReadRank(StringBuilder to)
    {
        do
        {
            to.Append(text[_at++]);
        }
        while (Current is ',' or '*');

        to.Append(']');
        return Take(']');
    }

    private bool Take(char expected)
    {
        bool isThere = _at < text.Length && text[_at] == expected;
        _at += isThere ? 1 : 0;
        return isThere;
    }
}
