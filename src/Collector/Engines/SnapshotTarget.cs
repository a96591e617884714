namespace HeapDrift.Collector.Engines;

/// <summary>What an engine needs to know of a worker.</summary>
internal sealed record SnapshotTarget
{
    public required int Pid { get; init; }

    /// <summary>Path of its diagnostics socket.</summary>
    public required string Socket { get; init; }

    /// <summary>How much of the worker's own memory may hold events that are not read yet.</summary>
    public required int BufferMegabytes { get; init; }

    /// <summary>The worker named us its tracer (PR_SET_PTRACER).</summary>
    public bool IsDeclaredTracer { get; init; }

    /// <summary>Whether the very same process is still there.</summary>
    public required Func<bool> Lives { get; init; }

    /// <summary>A path of the worker's file system as it is reached from here.</summary>
    public string PathOf(string path) => $"/proc/{Pid}/root{path}";
}
