using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Watching;

/// <summary>
/// Keeps an eye on the memory of one process. May be asked as often as one likes: it reads only what <see cref="SmapsPace"/> permits and
/// remembers the rest. For one caller at a time; what it returns does not change.
/// </summary>
internal sealed class MemoryWatch(int pid, ProcFileSystem files, TimeProvider time, double share = SmapsPace.UsualShare, TimeSpan? interval = null)
{
    /// <summary>More often even the small files are not read.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly SmapsPace _pace = new(time, share, interval);
    private readonly MemoryGrowth _growth = new();
    private readonly long? _startTime = files.TryReadStartTime(pid);
    private WorkerMemory? _last;
    private long _lookedAt;
    private long _readAt;
    private bool _isGone;

    public int Pid => pid;

    /// <summary>Null until the first one was affordable and permitted.</summary>
    public MemoryLedger? Ledger { get; private set; }

    /// <summary>Bytes a second; <see cref="MemoryGrowth.BytesPerSecond"/>.</summary>
    public double? Growth => _growth.BytesPerSecond;

    /// <summary><see cref="MemoryGrowth.TimeToLimit"/>.</summary>
    public TimeSpan? TimeToLimit => _growth.TimeToLimit;

    /// <summary>The same object as last time where nothing was read. Null when the process is gone, also where its pid has a new owner.</summary>
    /// <exception cref="InvalidDataException">A file is not what the kernel writes.</exception>
    /// <exception cref="IOException">The reader itself cannot read, for example because it has no more file descriptors.</exception>
    public WorkerMemory? Look()
    {
        if (_isGone || (_last is not null && time.GetElapsedTime(_lookedAt) < LeastInterval))
        {
            return _last;
        }

        _lookedAt = time.GetTimestamp();
        if (_startTime is null || files.TryReadStartTime(pid) != _startTime || files.TryReadStatus(pid).Value?.RssBytes is not long rss)
        {
            _isGone = true;
            (_last, Ledger) = (null, null);
            return null;
        }

        SmapsPlan plan = _pace.Plan(rss);
        if (plan.ReadsMappings && IsBeingCopied())
        {
            return _last;
        }

        WorkerMemory? reading = plan.Rollup ? ReadSums(rss) : CheapIfDue(rss, plan);
        MemoryLedger? ledger = plan.Ledger ? _pace.ReadLedger(rss, () => files.TryReadLedger(pid)).Value.Value : null;

        // It may have begun meanwhile.
        if (plan.ReadsMappings && IsBeingCopied())
        {
            return _last;
        }

        Ledger = ledger ?? Ledger;
        return reading is null ? _last : Remember(reading);
    }

    /// <summary>
    /// A process shares its pages with a frozen copy of it: its proportional and private memory fall to half and come back when the copy goes,
    /// which is nothing that it did. The last reading stands for as long; the first one is better than none.
    /// </summary>
    private bool IsBeingCopied() => _last is not null && files.HasFrozenCopy(pid);

    private WorkerMemory Remember(WorkerMemory reading)
    {
        CgroupMemory? group = files.TryReadMemory(pid, countsIdleCache: false);
        _last = reading with { LimitBytes = group?.LimitBytes, HeadroomBytes = group?.HeadroomBytes };
        _readAt = time.GetTimestamp();
        _growth.Add(_last);
        return _last;
    }

    /// <summary>Null where the process ended under the hand; the next look will see it.</summary>
    private WorkerMemory? ReadSums(long rss)
    {
        (ProcReading<SmapsRollup> rollup, TimeSpan cost) = _pace.ReadRollup(rss, () => files.TryReadSmapsRollup(pid));
        return rollup switch
        {
            { Value: { } sums } => Full(sums, cost),
            { Absence: ProcAbsence.NotPermitted } => Cheap(rss, "PSS is not readable: it takes the worker's user or CAP_SYS_PTRACE."),
            _ => null,
        };
    }

    /// <summary>Null where the last reading stands: it is not due yet, or it was a full one and the next will be one too.</summary>
    private WorkerMemory? CheapIfDue(long rss, SmapsPlan plan) =>
        _last is not null && time.GetElapsedTime(_readAt) < _pace.Interval - SmapsPace.Slack ? null
        : plan.WhyNoRollup is { } tooMuch ? Cheap(rss, tooMuch)
        : _last is { IsCheap: false } ? null
        : Cheap(rss, "PSS is not read yet: earlier reads have to be paid for first.");

    private WorkerMemory Full(SmapsRollup sums, TimeSpan cost)
    {
        IReadOnlyDictionary<string, long> kinds = sums.ToReading().Categories;
        return new()
        {
            At = time.GetUtcNow(),
            Pss = new(kinds["anon"], kinds["file"], kinds["shmem"], kinds["swap"]),
            PrivateBytes = sums.PrivateBytes,
            RssBytes = sums.RssBytes,
            ReadCost = cost,
        };
    }

    private WorkerMemory Cheap(long rss, string why) => new() { At = time.GetUtcNow(), RssBytes = rss, WhyCheap = why };
}
