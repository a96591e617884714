namespace HeapDrift.Collector.Export;

/// <summary>The reports that wait, as far as this process has seen them. Captures add theirs while the backlog is at work: thread-safe.</summary>
internal sealed class WaitingList
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WaitingReport> _reports = new(StringComparer.Ordinal);

    /// <summary>Those that may still be sent.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _reports.Values.Count(report => !report.HasEnded);
            }
        }
    }

    /// <summary>In the order in which they should be tried: who has waited longest since the last attempt, then the oldest.</summary>
    public WaitingReport[] Live
    {
        get
        {
            lock (_lock)
            {
                return [.. _reports.Values.Where(report => !report.HasEnded).OrderBy(report => report.NextAt).ThenBy(report => report.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Those that have ended here and perhaps not on disk.</summary>
    public WaitingReport[] Ended
    {
        get
        {
            lock (_lock)
            {
                return [.. _reports.Values.Where(report => report.HasEnded)];
            }
        }
    }

    /// <summary>One whose mark is on disk already.</summary>
    public void Add(string name)
    {
        lock (_lock)
        {
            _reports.TryAdd(name, new WaitingReport(name));
        }
    }

    /// <summary>Takes over what lies on disk.</summary>
    /// <param name="find">Looks there. What is added meanwhile may be missing in what it finds and stays.</param>
    /// <returns>Reports that have vanished before they could be sent.</returns>
    public string[] Refresh(Func<string[]> find)
    {
        HashSet<string> before;
        lock (_lock)
        {
            before = [.. _reports.Keys];
        }

        string[] found = find();
        before.ExceptWith(found);
        lock (_lock)
        {
            foreach (string name in found)
            {
                _reports.TryAdd(name, new WaitingReport(name));
            }

            string[] vanished = [.. before.Where(name => _reports[name] is { HasEnded: false }).Order(StringComparer.Ordinal)];
            foreach (string name in before)
            {
                _reports.Remove(name);
            }

            return vanished;
        }
    }
}
