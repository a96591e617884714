using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Discovery;

/// <summary>What the inventory remembers of one process, worker or not: some hundred bytes.</summary>
/// <param name="startTimeTicks">Tells it from a later process with its pid.</param>
/// <param name="ageWhenMet">How long it had been running when it was first seen.</param>
/// <param name="clock">Measures what has passed since.</param>
internal sealed class KnownProcess(long startTimeTicks, TimeSpan ageWhenMet, TimeProvider clock)
{
    /// <summary>
    /// A quarter of its age: what a process becomes, it mostly becomes at once (a fork runs a program, a runtime is loaded, a socket
    /// opened), and a shell that waits for a minute before it starts the service is noticed after another quarter.
    /// </summary>
    private const int AgeShare = 4;

    /// <summary>Half of the round, so that a young process is looked at in each.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Processes that were met in one scan, as all are in the first one, must not fall due in one scan for ever.</summary>
    private const int SpreadSeconds = 120;

    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(5);

    /// <summary>A host with 5,000 processes then has 14 descriptions a second, of a quarter of a millisecond each.</summary>
    private readonly TimeSpan _longestInterval = LongestInterval + TimeSpan.FromSeconds(startTimeTicks % SpreadSeconds);

    private readonly long _metAt = clock.GetTimestamp();
    private long? _lookedAt;
    private long _describedAt;
    private ulong? _virtualBytes;

    public long StartTimeTicks => startTimeTicks;

    /// <summary>The worker that it is, by itself; null while it is none.</summary>
    public Worker? Worker { get; set; }

    /// <summary>Others had its instance id when it was met, so that it keeps one of its own while it lives.</summary>
    public bool SharesInstanceId { get; set; }

    /// <summary>A kernel thread: it will never be anything else.</summary>
    public bool IsSettled { get; set; }

    /// <summary>It looked like a worker, and was too young to be believed.</summary>
    public bool IsChild { get; set; }

    /// <summary>How often it was described.</summary>
    public int Descriptions { get; private set; }

    public TimeSpan Age => ageWhenMet + clock.GetElapsedTime(_metAt);

    /// <summary>Whether to look at it at all.</summary>
    public bool IsDue => !IsSettled && (_lookedAt is not { } at || clock.GetElapsedTime(at) >= Interval);

    private TimeSpan Interval => Age / AgeShare is var share && share < LeastInterval ? LeastInterval : share > _longestInterval ? _longestInterval : share;

    /// <summary>
    /// Whether it is what it was when it was described: a look costs a tenth of a description, and shows that a process runs another program
    /// or has loaded a runtime. Believed of processes that are no workers, for as long as the longest interval.
    /// </summary>
    public bool IsUnchanged(ProcessStat stat) =>
        Worker is null && !IsChild && Descriptions > 0 && stat.VirtualBytes is { } bytes && bytes == _virtualBytes && clock.GetElapsedTime(_describedAt) < _longestInterval;

    public void Looked(ProcessStat stat) => (_lookedAt, _virtualBytes) = (clock.GetTimestamp(), stat.VirtualBytes);

    public void Described()
    {
        _describedAt = clock.GetTimestamp();
        Descriptions++;
    }

    /// <summary>The rules have changed.</summary>
    public void Doubt() => (_lookedAt, _virtualBytes) = (null, null);
}
