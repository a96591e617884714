using System.Collections.Frozen;

namespace HeapDrift.Profiling.Stacks;

/// <summary>The metadata names of operators (ECMA-335 I.10.3, and Roslyn's WellKnownMemberNames for the checked and compound ones).</summary>
internal static class CSharpOperators
{
    private const string Prefix = "op_";
    private const string Checked = "Checked";
    private const string Assignment = "Assignment";

    private static readonly FrozenDictionary<string, string> Signs = new Dictionary<string, string>
    {
        ["Addition"] = "+",
        ["UnaryPlus"] = "+",
        ["Subtraction"] = "-",
        ["UnaryNegation"] = "-",
        ["Multiply"] = "*",
        ["Multiplication"] = "*",
        ["Division"] = "/",
        ["Modulus"] = "%",
        ["Increment"] = "++",
        ["Decrement"] = "--",
        ["LogicalNot"] = "!",
        ["OnesComplement"] = "~",
        ["BitwiseAnd"] = "&",
        ["BitwiseOr"] = "|",
        ["ExclusiveOr"] = "^",
        ["LeftShift"] = "<<",
        ["RightShift"] = ">>",
        ["UnsignedRightShift"] = ">>>",
        ["Equality"] = "==",
        ["Inequality"] = "!=",
        ["LessThan"] = "<",
        ["LessThanOrEqual"] = "<=",
        ["GreaterThan"] = ">",
        ["GreaterThanOrEqual"] = ">=",
        ["True"] = "true",
        ["False"] = "false",
    }.ToFrozenDictionary();

    /// <summary><c>operator +</c> for <c>op_Addition</c>; null for what is no operator.</summary>
    public static string? TryName(string method)
    {
        if (!method.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string name = method[Prefix.Length..];
        bool isChecked = name.StartsWith(Checked, StringComparison.Ordinal);
        name = isChecked ? name[Checked.Length..] : name;
        string word = isChecked ? "operator checked " : "operator ";
        return name is "Implicit" or "Explicit" ? (name == "Implicit" ? "implicit " : "explicit ") + word.TrimEnd()
            : Signs.TryGetValue(name, out string? sign) ? word + sign
            : name.EndsWith(Assignment, StringComparison.Ordinal) && Signs.TryGetValue(name[..^Assignment.Length], out sign) ? word + sign + (sign is "++" or "--" ? "" : "=")
            : null;
    }
}
