namespace HeapDrift.Profiling.Flames;

/// <summary>A box of a flame graph.</summary>
internal sealed class FlameNode(FlameRow row, long bytes, long count, double errorBytes)
{
    private readonly List<FlameNode> _children = [];

    public FlameFrame Frame => row.Frame;

    /// <summary>With everything beneath, what is too small for a box included: the width.</summary>
    public long Bytes => bytes;

    /// <summary>Of the last step alone.</summary>
    public long OwnBytes => row.Bytes;

    /// <summary>Objects or samples, with everything beneath.</summary>
    public long Count => count;

    /// <summary>Of the last step alone.</summary>
    public long OwnCount => row.Count;

    /// <summary>Half of the 95 % interval, as a share of <see cref="Bytes"/>; 0 where they were counted.</summary>
    public double RelativeError => bytes == 0 ? 0 : errorBytes / bytes;

    /// <summary>The widest first.</summary>
    public IReadOnlyList<FlameNode> Children => _children;

    /// <summary>What no child has: of the last step, and of steps that are too small for a box.</summary>
    public long RestBytes => bytes - _children.Sum(child => child.Bytes);

    internal void Add(FlameNode child) => _children.Add(child);
}
