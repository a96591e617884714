using System.Collections.Immutable;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Collector.Watching;

/// <summary>
/// A worker's memory over the last half hour, for a small picture: every reading of a young worker, later a point for every half minute. For one caller
/// at a time.
/// </summary>
internal sealed class MemoryHistory
{
    public const int MostPoints = 60;

    /// <summary>With <see cref="MostPoints"/> this is half an hour.</summary>
    public static readonly TimeSpan WidestSpacing = TimeSpan.FromSeconds(30);

    private TimeSpan _spacing;
    private WorkerMemory? _last;

    /// <summary>The oldest first. The newest is always what was read last.</summary>
    public ImmutableArray<MemoryPoint> Points { get; private set; } = [];

    /// <summary>
    /// PSS and RSS are not one series, and neither are two sides of a clock that was set back: there it begins anew. A reading that was added before is
    /// not added.
    /// </summary>
    public void Add(WorkerMemory reading)
    {
        if (ReferenceEquals(reading, _last))
        {
            return;
        }

        if (_last is not null && (_last.IsCheap != reading.IsCheap || reading.At < _last.At))
        {
            Points = [];
        }

        _last = reading;
        Points = Thin([.. Points, new(reading.At, reading.UsedBytes)]);
        if (Points.Length > MostPoints && _spacing < WidestSpacing)
        {
            _spacing = _spacing * 2 is var doubled && doubled > WidestSpacing ? WidestSpacing : doubled > TimeSpan.Zero ? doubled : MemoryWatch.LeastInterval;
            Points = Thin(Points);
        }

        Points = [.. Points.TakeLast(MostPoints)];
    }

    /// <summary>Those that are far enough from the one before, and the newest.</summary>
    private ImmutableArray<MemoryPoint> Thin(ImmutableArray<MemoryPoint> points)
    {
        var kept = new List<MemoryPoint>(points.Length);
        foreach (MemoryPoint point in points)
        {
            if (kept.Count == 0 || point.At - kept[^1].At >= _spacing)
            {
                kept.Add(point);
            }
        }

        return kept[^1] == points[^1] ? [.. kept] : [.. kept, points[^1]];
    }
}
