using System.Text;

namespace HeapDrift.Profiling.Reports;

/// <summary>Columns of plain text: the same on a terminal, in a file and in a mail. Columns whose title ends in a colon are to the right.</summary>
internal sealed class TextTable(params string[] titles)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        string[] header = [.. titles.Select(title => title.TrimEnd(':'))];
        int[] widths = [.. Enumerable.Range(0, titles.Length).Select(column => _rows.Append(header).Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in _rows.Prepend(header))
        {
            var line = new StringBuilder();
            for (int column = 0; column < row.Length; column++)
            {
                bool isNumber = titles[column].EndsWith(':');
                line.Append(isNumber ? row[column].PadLeft(widths[column]) : row[column].PadRight(widths[column])).Append("  ");
            }

            text.AppendLine(line.ToString().TrimEnd());
        }

        return text.ToString();
    }
}
