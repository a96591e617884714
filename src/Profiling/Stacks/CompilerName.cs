namespace HeapDrift.Profiling.Stacks;

/// <summary>
/// A name that the C# compiler made: <c>&lt;Inner&gt;kRest</c>, where a letter says what for. The letters are Roslyn's GeneratedNameKind.
/// </summary>
/// <param name="Inner">What the name was made for, often the method in whose source it stands; empty in <c>&lt;&gt;c</c>.</param>
/// <param name="Kind">The letter; NUL where nothing follows the bracket.</param>
/// <param name="Rest">What follows the letter.</param>
internal readonly record struct CompilerName(string Inner, char Kind, string Rest)
{
    public const char Lambda = 'b';
    public const char Closure = 'c';
    public const char StateMachine = 'd';
    public const char FileLocal = 'F';
    public const char LocalFunction = 'g';
    public const char Finally = 'm';

    /// <summary><c>&lt;Main&gt;$</c>, <c>&lt;Clone&gt;$</c>: a member that no source can name.</summary>
    public const char Unspeakable = '$';

    public const char None = '\0';

    /// <summary>The name of a local function stands between its underscores and the ordinal.</summary>
    public string LocalName => Rest.TrimStart('_').Split('|', 2)[0];

    /// <summary>Null for a name that a person wrote, or whose brackets do not close.</summary>
    public static CompilerName? TryParse(string name)
    {
        if (!name.StartsWith('<'))
        {
            return null;
        }

        int depth = 0;
        for (int at = 0; at < name.Length; at++)
        {
            depth += name[at] == '<' ? 1 : name[at] == '>' ? -1 : 0;
            if (depth == 0)
            {
                return at + 1 == name.Length
                    ? new CompilerName(name[1..at], None, "")
                    : new CompilerName(name[1..at], name[at + 1], name[(at + 2)..]);
            }
        }

        return null;
    }
}
