using System.Globalization;

namespace HeapDrift.Profiling.Stacks;

/// <summary>A folded stack for a terminal: one line an entry, the application's first frame marked.</summary>
internal static class FoldedStackText
{
    private const string Mark = "> ";
    private const string NoMark = "  ";

    /// <summary>At most <paramref name="mostLines"/> lines, and one more that says what is left out.</summary>
    public static IEnumerable<string> Lines(FoldedStack stack, int mostLines)
    {
        bool isMarked = false;
        foreach (FoldedEntry entry in stack.Entries.Take(mostLines))
        {
            bool isFirst = !entry.IsFramework && !isMarked;
            isMarked |= isFirst;
            yield return (isFirst ? Mark : NoMark) + (entry.IsFramework ? Framework(entry) : Application(entry));
        }

        if (stack.Entries.Count > mostLines)
        {
            yield return Invariant($"{NoMark}... {stack.Entries.Skip(mostLines).Sum(entry => entry.Frames):N0} more frames");
        }
    }

    private static string Framework(FoldedEntry entry) => entry.Frames switch
    {
        1 => entry.Frame.Name.Text,
        2 => $"{entry.Frame.Name.Text} and 1 more framework frame",
        _ => Invariant($"{entry.Frame.Name.Text} and {entry.Frames - 1:N0} more framework frames"),
    };

    private static string Application(FoldedEntry entry)
    {
        string source = entry.Frame.Source is { } line ? $" at {line}" : "";
        return entry.Frame.Name.Text + source + (entry.Frames == 1 ? "" : Invariant($" ({entry.Frames:N0} times)"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
