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
        if (!name.AsSpan().ContainsAny('`', '[') || IsNestedTooDeep(name, '[', ']'))
        {
            return name;
        }

        var reader = new Reader(name);
        return reader.ReadType() && reader.IsAtEnd ? reader.Result : name;
    }

    /// <summary>
    /// A name as ClrMD spells it, with the generic arguments where their parameters are declared (<c>Dictionary&lt;K, V&gt;+Entry[]</c>),
    /// rewritten as the other names are (<c>Dictionary+Entry&lt;K, V&gt;[]</c>). Names that compilers make keep their brackets.
    /// </summary>
    public static string FromClrMd(string name)
    {
        if (!name.Contains('<', StringComparison.Ordinal) || IsNestedTooDeep(name, '<', '>'))
        {
            return name;
        }

        int at = 0;
        string result = ReadClrMdType(name, ref at);
        return at == name.Length ? result : name;
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

    private static bool IsNestedTooDeep(string name, char open, char close)
    {
        int depth = 0;
        foreach (char letter in name)
        {
            depth = letter == open ? depth + 1 : letter == close ? Math.Max(0, depth - 1) : depth;
            if (depth > Limits.TypeNameDepth)
            {
                return true;
            }
        }

        return false;
    }

    private static string ReadClrMdType(string name, ref int at)
    {
        var plain = new StringBuilder();
        List<string> arguments = [];
        while (at < name.Length && name[at] is not ('>' or ',' or '['))
        {
            bool isStartOfWord = plain.Length == 0 || plain[^1] is '.' or '+';
            if (name[at] != '<')
            {
                plain.Append(name[at++]);
            }
            else if (isStartOfWord)
            {
                CopyBracketed(name, ref at, plain);
            }
            else
            {
                ReadClrMdArguments(name, ref at, arguments);
            }
        }

        if (arguments.Count != 0)
        {
            plain.Append('<').AppendJoin(", ", arguments).Append('>');
        }

        while (at < name.Length && name[at] is '[' or ']' or '*' || (at < name.Length && name[at] == ',' && plain.Length != 0 && plain[^1] is '[' or ','))
        {
            plain.Append(name[at++]);
        }

        return plain.ToString();
    }

    private static void ReadClrMdArguments(string name, ref int at, List<string> arguments)
    {
        do
        {
            at++;
            at += at < name.Length && name[at] == ' ' ? 1 : 0;
            arguments.Add(ReadClrMdType(name, ref at));
        }
        while (at < name.Length && name[at] == ',');

        at += at < name.Length && name[at] == '>' ? 1 : 0;
    }

    private static void CopyBracketed(string name, ref int at, StringBuilder to)
    {
        int depth = 0;
        do
        {
            depth += name[at] == '<' ? 1 : name[at] == '>' ? -1 : 0;
            to.Append(name[at++]);
        }
        while (depth > 0 && at < name.Length);
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
