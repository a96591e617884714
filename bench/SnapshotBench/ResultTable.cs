using System.Globalization;
using System.Text;

namespace HeapDrift.SnapshotBench;

/// <summary>The rows as a Markdown table whose columns also line up in a terminal, and what belongs below it.</summary>
internal static class ResultTable
{
    private static readonly string[] Head = ["what", "figure: median (spread)", "baseline, same run", "ratio", "target", "reached"];

    public static string Render(string title, IReadOnlyList<Row> rows, IReadOnlyList<string> failures)
    {
        string[][] cells =
        [
            Head,
            .. rows.Select(row => (string[])[row.What, row.Figure, row.Baseline, row.Ratio, row.Target ?? "-", Reached(row.IsReached)]),
        ];
        int[] widths = [.. Enumerable.Range(0, Head.Length).Select(column => cells.Max(line => line[column].Length))];

        var text = new StringBuilder().Append(title).Append("\n\n");
        AppendLine(text, cells[0], widths);
        text.Append('|').AppendJoin('|', widths.Select(width => new string('-', width + 2))).Append("|\n");
        foreach (string[] line in cells.Skip(1))
        {
            AppendLine(text, line, widths);
        }

        text.Append('\n');
        foreach (string note in rows.SelectMany(row => row.Notes))
        {
            text.Append("- ").Append(note).Append('\n');
        }

        foreach (string failure in failures)
        {
            text.Append(CultureInfo.InvariantCulture, $"- NOT MEASURED: {failure}\n");
        }

        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, string[] cells, int[] widths) =>
        text.Append("| ").AppendJoin(" | ", cells.Select((cell, column) => cell.PadRight(widths[column]))).Append(" |\n");

    private static string Reached(bool? isReached) => isReached switch
    {
        true => "yes",
        false => "NO",
        null => "-",
    };
}
