using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Stacks;

/// <summary>
/// Writes types as a C# source does: <c>Dictionary&lt;string, List&lt;Item&gt;&gt;</c>, <c>int?</c>, <c>(int, string)</c>. An argument that the runtime
/// shares or does not tell is <c>_</c>.
/// </summary>
/// <param name="arguments">What the type variables <c>!0</c>, <c>!1</c> of a signature stand for.</param>
internal sealed class CSharpTypeText(IReadOnlyList<TypeSyntax> arguments)
{
    public const string Unknown = "_";

    /// <summary>A signature may name the same long argument often; what is longer is not repeated.</summary>
    private const int MostRepeated = 200;

    private const string TypeVariable = "!";

    /// <summary>Of metadata (the DAC leaves the namespace out) and of the runtime's signatures.</summary>
    private static readonly FrozenDictionary<string, string> Keywords = new Dictionary<string, string>
    {
        ["Boolean"] = "bool",
        ["Byte"] = "byte",
        ["uint8"] = "byte",
        ["SByte"] = "sbyte",
        ["int8"] = "sbyte",
        ["Int16"] = "short",
        ["int16"] = "short",
        ["UInt16"] = "ushort",
        ["uint16"] = "ushort",
        ["Int32"] = "int",
        ["int32"] = "int",
        ["UInt32"] = "uint",
        ["uint32"] = "uint",
        ["Int64"] = "long",
        ["int64"] = "long",
        ["UInt64"] = "ulong",
        ["uint64"] = "ulong",
        ["Single"] = "float",
        ["float32"] = "float",
        ["Double"] = "double",
        ["float64"] = "double",
        ["Decimal"] = "decimal",
        ["Char"] = "char",
        ["String"] = "string",
        ["Object"] = "object",
        ["Void"] = "void",
        ["IntPtr"] = "nint",
        ["UIntPtr"] = "nuint",
        ["__Canon"] = Unknown,
    }.ToFrozenDictionary();

    private readonly string?[] _arguments = new string?[arguments.Count];

    public string Write(TypeSyntax type)
    {
        var text = new StringBuilder();
        Write(type, text);
        return text.ToString();
    }

    /// <summary>The segments of a type joined as in C#, each with its arguments; with the namespace of the first where that is wanted.</summary>
    public string Write(IReadOnlyList<TypeSegment> segments, bool withNamespace)
    {
        var text = new StringBuilder();
        if (withNamespace && segments.Count != 0)
        {
            text.Append(segments[0].Name.AsSpan(0, QualifiedName.LastDot(segments[0].Name) + 1));
        }

        WriteSegments(segments, text);
        return text.ToString();
    }

    /// <summary><c>&lt;string, _&gt;</c>; nothing where there are none.</summary>
    public string WriteArguments(IReadOnlyCollection<TypeSyntax> these, int arity)
    {
        var text = new StringBuilder();
        WriteArguments(these, arity, text);
        return text.ToString();
    }

    private void Write(TypeSyntax type, StringBuilder to)
    {
        to.Append(type.Suffix.Contains('&', StringComparison.Ordinal) ? "ref " : "");
        string name = type.Segments[0].Name;
        TypeSyntax[] inner = [.. type.Arguments];
        if (type.Segments.Count == 1 && TryKeyword(name) is { } keyword)
        {
            to.Append(keyword);
        }
        else if (name == "System.Nullable" && inner.Length == 1)
        {
            Write(inner[0], to);
            to.Append('?');
        }
        else if (name == "System.ValueTuple" && inner.Length is > 1 and < 8)
        {
            WriteList(inner, '(', ')', to);
        }
        else
        {
            WriteSegments(type.Segments, to);
        }

        to.Append(type.Suffix.Replace("&", "", StringComparison.Ordinal));
    }

    private string? TryKeyword(string name) => name.StartsWith(TypeVariable, StringComparison.Ordinal) ? Resolve(name)
        : name.StartsWith("System.", StringComparison.Ordinal) ? Keywords.GetValueOrDefault(name["System.".Length..])
        : Keywords.GetValueOrDefault(name);

    /// <summary>A variable of the type by its number. Those of the method (<c>!!0</c>) are told nowhere.</summary>
    private string Resolve(string variable)
    {
        if (!int.TryParse(variable.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number >= arguments.Count)
        {
            return Unknown;
        }

        return _arguments[number] ??= new CSharpTypeText([]).Write(arguments[number]) is { Length: <= MostRepeated } text ? text : Unknown;
    }

    private void WriteSegments(IReadOnlyList<TypeSegment> segments, StringBuilder to)
    {
        string separator = "";
        foreach (TypeSegment segment in segments)
        {
            to.Append(separator).Append(QualifiedName.Simple(segment.Name));
            WriteArguments(segment.Arguments, segment.Arity, to);
            separator = ".";
        }
    }

    private void WriteArguments(IReadOnlyCollection<TypeSyntax> these, int arity, StringBuilder to)
    {
        if (these.Count != 0)
        {
            WriteList(these, '<', '>', to);
        }
        else if (arity != 0)
        {
            to.Append('<').AppendJoin(", ", Enumerable.Repeat(Unknown, arity)).Append('>');
        }
    }

    private void WriteList(IEnumerable<TypeSyntax> types, char open, char close, StringBuilder to)
    {
        to.Append(open);
        string separator = "";
        foreach (TypeSyntax type in types)
        {
            to.Append(separator);
            Write(type, to);
            separator = ", ";
        }

        to.Append(close);
    }
}
