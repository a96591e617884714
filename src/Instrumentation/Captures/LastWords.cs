namespace HeapDrift.Instrumentation.Captures;

/// <summary>The last lines of a helper that are not progress, for the message of a failure. Thread-safe.</summary>
internal sealed class LastWords
{
    private const int Kept = 20;

    private readonly Queue<string> _lines = new(Kept);

    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_lines)
        {
            if (_lines.Count == Kept)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }

    public IReadOnlyList<string> Lines()
    {
        lock (_lines)
        {
            return [.. _lines];
        }
    }
}
