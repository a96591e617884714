namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>Which of these objects are alive, and who allocated them? As columns, since there may be a hundred thousand.</summary>
internal sealed record SampleQuery
{
    public static SampleQuery Empty { get; } = new() { Addresses = [], MethodTables = [], Stacks = [], Callers = [], Frames = [] };

    /// <summary>Of the objects, as of <see cref="AnalysisWord.FrozenAt"/>.</summary>
    public required IReadOnlyList<ulong> Addresses { get; init; }

    public required IReadOnlyList<ulong> MethodTables { get; init; }

    /// <summary>For each object the entry of its stack's leaf.</summary>
    public required IReadOnlyList<int> Stacks { get; init; }

    /// <summary>For each entry of the stacks the one of its caller; -1 for the first one, which is no frame.</summary>
    public required IReadOnlyList<int> Callers { get; init; }

    /// <summary>For each entry its return address.</summary>
    public required IReadOnlyList<ulong> Frames { get; init; }

    public bool IsSound => MethodTables.Count == Addresses.Count && Stacks.Count == Addresses.Count && Callers.Count == Frames.Count;

    /// <summary>All return addresses on the stacks of some objects.</summary>
    public IReadOnlySet<ulong> FramesOf(IEnumerable<int> samples)
    {
        var entries = new HashSet<int>();
        var frames = new HashSet<ulong>();
        foreach (int sample in samples)
        {
            for (int entry = Stacks[sample]; entry > 0 && entries.Add(entry); entry = Callers[entry])
            {
                frames.Add(Frames[entry]);
            }
        }

        return frames;
    }
}
