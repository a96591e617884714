using HeapDrift.Collector.Allocations;

namespace HeapDrift.Collector.Engines;

/// <summary>What an engine needs to know of a worker.</summary>
internal sealed record SnapshotTarget
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The kernel takes about 0.1 s to take down a gigabyte.</summary>
    private const int LastLooks = 20;

    public required int Pid { get; init; }

    /// <summary>Path of its diagnostics socket.</summary>
    public required string Socket { get; init; }

    /// <summary>How much of the worker's own memory may hold events that are not read yet.</summary>
    public required int BufferMegabytes { get; init; }

    /// <summary>The worker named us its tracer (PR_SET_PTRACER).</summary>
    public bool IsDeclaredTracer { get; init; }

    /// <summary>Types are counted and no reference is followed: for a machine that is short of memory. The eventpipe engine only.</summary>
    public bool IsTypesOnly { get; init; }

    /// <summary>Who followed sampled allocations until now, which this snapshot shall tell the live ones of. Null where nobody did.</summary>
    public AllocationTracking? Tracking { get; init; }

    /// <summary>Whether the very same process is still there.</summary>
    public required Func<bool> Lives { get; init; }

    /// <summary>
    /// Whether the worker is gone, or goes within a second. Its sockets close and its threads refuse to be traced a moment before the kernel
    /// calls it a zombie, the longer the more memory it has; to ask once would take its end for a refusal.
    /// </summary>
    public async Task<bool> HasExitedAsync(CancellationToken cancellationToken)
    {
        for (int look = 0; look < LastLooks; look++)
        {
            if (!Lives())
            {
                return true;
            }

            await Task.Delay(LookInterval, cancellationToken);
        }

        return false;
    }

    /// <summary>The worker's file system as it is reached from here.</summary>
    public string Root => $"/proc/{Pid}/root";
}
