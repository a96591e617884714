using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Heap;

/// <summary>Between a snapshot in memory and its file. What a file says is checked: it may come from anywhere.</summary>
internal static class SnapshotDocuments
{
    public static SnapshotSummary Summarize(HeapSnapshot snapshot, SnapshotRole role) => new()
    {
        Role = role,
        Engine = snapshot.Engine,
        TakenAt = snapshot.TakenAt,
        PauseMilliseconds = snapshot.Pause?.TotalMilliseconds,
        DurationMilliseconds = snapshot.Duration.TotalMilliseconds,
        LiveObjects = snapshot.LiveObjects,
        LiveBytes = snapshot.LiveBytes,
        Complete = snapshot.IsComplete,
        Coverage = snapshot.Coverage,
        Gaps = snapshot.IsComplete ? null : snapshot.Gaps,
    };

    public static SnapshotDocument ToDocument(HeapSnapshot snapshot)
    {
        var steps = new Dictionary<PathStep, int>();
        List<RetentionDocumentNode> nodes = [];
        foreach (RetentionNode node in snapshot.Retention.Nodes)
        {
            if (!steps.TryGetValue(node.Step, out int step))
            {
                steps[node.Step] = step = steps.Count;
            }

            nodes.Add(new RetentionDocumentNode(node.Parent, step, node.Objects, node.Bytes));
        }

        SnapshotSummary summary = Summarize(snapshot, SnapshotRole.Baseline);
        return new SnapshotDocument
        {
            Role = summary.Role,
            Engine = summary.Engine,
            TakenAt = summary.TakenAt,
            PauseMilliseconds = summary.PauseMilliseconds,
            DurationMilliseconds = summary.DurationMilliseconds,
            LiveObjects = summary.LiveObjects,
            LiveBytes = summary.LiveBytes,
            Complete = summary.Complete,
            Coverage = summary.Coverage,
            Gaps = summary.Gaps,
            Types = snapshot.Types,
            Retention = new RetentionDocument { Steps = [.. steps.Keys], Nodes = nodes },
            Survivors = snapshot.Survivors,
            UsedBytes = snapshot.UsedBytes,
        };
    }

    /// <exception cref="InvalidDataException">The document contradicts itself.</exception>
    public static HeapSnapshot FromDocument(SnapshotDocument document)
    {
        if (LacksSomething(document))
        {
            throw new InvalidDataException("something in it is null that no snapshot lacks");
        }

        if (document.LiveObjects < 0 || document.LiveBytes < 0)
        {
            throw new InvalidDataException("it has a negative count of live objects or bytes");
        }

        if (document.Types.Any(type => type.Objects < 0 || type.Bytes < 0))
        {
            throw new InvalidDataException("a type has a negative count");
        }

        return new HeapSnapshot
        {
            Engine = document.Engine,
            TakenAt = document.TakenAt,
            Pause = document.PauseMilliseconds is { } pause ? TimeSpan.FromMilliseconds(pause) : null,
            Duration = TimeSpan.FromMilliseconds(document.DurationMilliseconds),
            LiveObjects = document.LiveObjects,
            LiveBytes = document.LiveBytes,
            Types = document.Types,
            Retention = document.Retention is { } retention ? ToTree(retention) : RetentionTree.Empty,
            Survivors = document.Survivors,
            UsedBytes = document.UsedBytes,
            Gaps = document.Complete ? [] : document.Gaps is { Count: > 0 } gaps ? gaps : ["the file says that it is incomplete"],
            Coverage = document.Coverage,
        };
    }

    /// <summary>A property that is required may still be null in a file.</summary>
    private static bool LacksSomething(SnapshotDocument document) =>
        document.Engine is null || document.Types is null || document.Types.Any(type => type?.Name is null)
        || (document.Retention is { } retention && (retention.Steps is null || retention.Nodes is null || retention.Steps.Any(step => step?.Name is null) || retention.Nodes.Contains(null!)));

    private static RetentionTree ToTree(RetentionDocument retention)
    {
        if (retention.Nodes.Count == 0)
        {
            return RetentionTree.Empty;
        }

        var nodes = new RetentionNode[retention.Nodes.Count];
        var depths = new int[nodes.Length];
        for (int at = 0; at < nodes.Length; at++)
        {
            RetentionDocumentNode node = retention.Nodes[at];
            bool isParentKnown = at == 0 ? node.Parent == -1 : node.Parent >= 0 && node.Parent < at;
            if (!isParentKnown || node.Step < 0 || node.Step >= retention.Steps.Count)
            {
                throw new InvalidDataException($"retention node {at} refers to parent {node.Parent} and step {node.Step}, which do not come before it");
            }

            depths[at] = at == 0 ? 0 : depths[node.Parent] + 1;
            if (depths[at] > RetentionTreeBuilder.MostSteps)
            {
                throw new InvalidDataException($"retention node {at} is more than {RetentionTreeBuilder.MostSteps} steps deep");
            }

            nodes[at] = new RetentionNode(node.Parent, retention.Steps[node.Step], node.Objects, node.Bytes);
        }

        return new RetentionTree(nodes);
    }
}
