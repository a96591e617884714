using System.Text;

namespace HeapDrift.Profiling.Heap;

/// <summary>
/// Type names as the runtime's <c>BulkType</c> event spells them (<c>List`1[System.Int32][]</c>), rewritten with the generic arguments
/// of C# (<c>List&lt;System.Int32&gt;[]</c>). A name of another shape is left as it is.
/// </summary>
internal static class TypeName
{
    public static string FromRuntime(string name)
    {
        if (!name.AsSpan().ContainsAny('`', '['))
        {
            return name;
        }

        var reader = new Reader(name);
        return reader.ReadType() && reader.IsAtEnd ? reader.Result : name;
    }

    /// <summary>For people: without namespaces and enclosing types' namespaces, <c>Dictionary&lt;String, Session&gt;</c>.</summary>
    public static string Shorten(string name)
    {
        var shortened = new StringBuilder(name.Length);
        int start = 0;
        for (int at = 0; at <= name.Length; at++)
        {
            if (at == name.Length || name[at] is '<' or '>' or ',' or ' ' or '[' or ']' or '+')
            {
                ReadOnlySpan<char> word = name.AsSpan(start, at - start);
                shortened.Append(word[(word.LastIndexOf('.') + 1)..]);
                if (at < name.Length)
                {
                    shortened.Append(name[at]);
                }

                start = at + 1;
            }
        }

        return shortened.ToString();
    }

    /// <summary>Recursive descent over: type = plain [ '[' type { ',' type } ']' ] { '[' ranks ']' }.</summary>
    private sealed class Reader(string text)
    {
        private readonly StringBuilder _result = new(text.Length);
        private int _at;

        public bool IsAtEnd => _at == text.Length;

        public string Result => _result.ToString();

        private char Current => _at < text.Length ? text[_at] : '\0';

        public bool ReadType()
        {
            ReadPlainName();
            while (Current == '[')
            {
                bool isArray = _at + 1 < text.Length && text[_at + 1] is ']' or ',' or '*';
                if (!(isArray ? ReadRanks() : ReadArguments()))
                {
                    return false;
                }
            }

            return true;
        }

        private void ReadPlainName()
        {
            while (Current is not ('\0' or '[' or ']' or ','))
            {
                if (Current == '`')
                {
                    _at++;
                    while (char.IsAsciiDigit(Current))
                    {
                        _at++;
                    }
                }
                else
                {
                    _result.Append(text[_at++]);
                }
            }
        }

        private bool ReadRanks()
        {
            while (Current is '[' or ',' or '*')
            {
                _result.Append(text[_at++]);
            }

            return Take(']', "]");
        }

        private bool ReadArguments()
        {
            _at++;
            _result.Append('<');
            while (ReadType())
            {
                if (Current != ',')
                {
                    return Take(']', ">");
                }

                _at++;
                _result.Append(", ");
            }

            return false;
        }

        private bool Take(char expected, string written)
        {
            if (Current != expected)
            {
                return false;
            }

            _at++;
            _result.Append(written);
            return true;
        }
    }
}
