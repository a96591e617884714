using System.Text;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>
/// Lines of bounded length: <see cref="TextReader.ReadLineAsync()"/> would collect a line without end in the worker's memory. What
/// exceeds the bound is left out.
/// </summary>
internal sealed class BoundedLineReader(TextReader text)
{
    /// <summary>A line of progress has 300 characters.</summary>
    public const int LineCharacters = 16 * 1024;

    private readonly char[] _buffer = new char[1024];
    private readonly StringBuilder _line = new();
    private int _start;
    private int _end;

    /// <summary>Null at the end.</summary>
    public async ValueTask<string?> ReadAsync()
    {
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await text.ReadAsync(_buffer).ConfigureAwait(false));
                if (_end == 0)
                {
                    return _line.Length > 0 ? Take() : null;
                }
            }

            if (TryTakeLine() is { } line)
            {
                return line;
            }
        }
    }

    private string? TryTakeLine()
    {
        var rest = _buffer.AsSpan(_start.._end);
        int feed = rest.IndexOf('\n');
        var part = feed < 0 ? rest : rest[..feed];
        _line.Append(part[..Math.Min(part.Length, LineCharacters - _line.Length)]);
        _start = feed < 0 ? _end : _start + feed + 1;
        return feed < 0 ? null : Take();
    }

    private string Take()
    {
        string line = _line.ToString();
        _line.Clear();
        return line;
    }
}
