namespace HeapDrift.TestKit;

/// <summary>The lines of a process's two output streams, in the order in which they arrived. Thread-safe.</summary>
internal sealed class ProcessOutput
{
    private readonly Lock _gate = new();
    private readonly List<(bool IsError, string Line)> _lines = [];

    public IReadOnlyList<string> Lines(bool isError)
    {
        lock (_gate)
        {
            return [.. _lines.Where(line => line.IsError == isError).Select(line => line.Line)];
        }
    }

    public string? FirstMatch(Func<string, bool> predicate, int after)
    {
        string[] lines;
        lock (_gate)
        {
            lines = [.. _lines.Skip(after).Select(line => line.Line)];
        }

        return lines.FirstOrDefault(predicate);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _lines.Count;
            }
        }
    }

    public async Task ReadAsync(StreamReader reader, bool isError)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                _lines.Add((isError, line));
            }
        }
    }

    /// <summary>For failure messages: everything, with "!" before the lines of standard error.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            return _lines.Count == 0
                ? "(it printed nothing)"
                : string.Join('\n', _lines.Select(line => (line.IsError ? "  ! " : "  | ") + line.Line));
        }
    }
}
