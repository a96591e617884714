using System.Globalization;
using HeapDrift.Profiling.Watching;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// Reads what the kernel tells of processes. The mount points are parameters because a container may have the host's elsewhere, and so
/// that tests can bring their own. Thread-safe; nothing is kept between calls.
/// <para>
/// A process that ends is an answer, never an exception. What the kernel could not have written is an <see cref="InvalidDataException"/>;
/// an I/O failure of the reader itself, such as no more file descriptors, is an <see cref="IOException"/>.
/// </para>
/// </summary>
internal sealed class ProcFileSystem(string root = "/proc", string cgroupRoot = "/sys/fs/cgroup")
{
    /// <summary>Where every container runtime mounts it, seen through the worker's own root directory.</summary>
    private const string WorkersCgroupRoot = "root/sys/fs/cgroup";

    /// <summary>The processes of this moment in ascending order; some may be gone when they are looked at.</summary>
    public IReadOnlyList<int> EnumeratePids()
    {
        var pids = new List<int>();
        foreach (string directory in Directory.EnumerateDirectories(root))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                pids.Add(pid);
            }
        }

        pids.Sort();
        return pids;
    }

    public ProcReading<ProcessStatus> TryReadStatus(int pid)
    {
        string path = PathOf(pid, "status");
        return TryReadWhole(path).Select(text => ProcessStatus.Parse(text, path));
    }

    /// <summary>Takes the kernel about 8 ms per GB of resident memory, during which the worker may wait for its memory map.</summary>
    public ProcReading<SmapsRollup> TryReadSmapsRollup(int pid)
    {
        string path = PathOf(pid, "smaps_rollup");
        return TryReadWhole(path).Select(text => SmapsRollup.Parse(text, path));
    }

    /// <summary>
    /// Costs about one and a half times as much as <see cref="TryReadSmapsRollup"/>, and more with many mappings. Of a process that ends
    /// meanwhile the kernel shows a part as if it were the whole; that part is never returned.
    /// </summary>
    /// <exception cref="InvalidDataException">A mapping is not what the kernel writes, or there are more than <see cref="Limits.SmapsMappings"/>.</exception>
    public ProcReading<MemoryLedger> TryReadLedger(int pid)
    {
        string path = PathOf(pid, "smaps");
        ProcReading<MemoryLedger> ledger = ProcFile.TryRead(path, file => MemoryLedger.Of(new SmapsReader(file, path)));
        return ledger is { IsPresent: true, Value.Mappings: 0 } || (ledger.IsPresent && TryReadStatus(pid).Value?.RssBytes is null)
            ? new(ProcAbsence.Gone)
            : ledger;
    }

    /// <summary>Null when the process is gone.</summary>
    public ProcessStat? TryReadStat(int pid)
    {
        string path = PathOf(pid, "stat");
        return TryReadWhole(path) is { IsPresent: true, Value: string text } ? ProcessStat.Parse(text, path) : null;
    }

    /// <summary>
    /// Whether a frozen copy of a process lives, whoever made it: held by its tracer from its first moment to its last. It is a child of the thread that
    /// was made to clone it, and <c>/proc/PID/task/TID/children</c> (proc_tid_children(5)) lists those; false where the kernel was built without
    /// (CONFIG_PROC_CHILDREN).
    /// </summary>
    public bool HasFrozenCopy(int pid) => EnumerateChildren(pid).Any(child =>
        TryReadStat(child) is { IsSilentCopy: true } && TryReadStatus(child).Value is { State: 't' });

    /// <summary>Clock ticks since boot; null when the process is gone. Together with the pid it names a process for good.</summary>
    public long? TryReadStartTime(int pid) => TryReadStat(pid)?.StartTimeTicks;

    /// <summary>Only the variables that <see cref="ProcessEnvironment"/> lets through. Empty for a zombie.</summary>
    public ProcReading<IReadOnlyDictionary<string, string>> TryReadEnvironment(int pid) =>
        ProcFile.TryReadEntries(PathOf(pid, "environ"), Limits.EnvironmentBytes, '\0').Select(ProcessEnvironment.Parse);

    /// <summary>The program's own name, never an argument. Null when the process is gone, a zombie or a kernel thread.</summary>
    public string? TryReadEntryAssemblyName(int pid) =>
        ProcFile.TryReadEntries(PathOf(pid, "cmdline"), Limits.CommandLineBytes, '\0') is { IsPresent: true, Value: string text }
            ? CommandLine.ParseProgramName(text)
            : null;

    /// <summary>The script or module that an interpreter runs. Null for other programs, and where it cannot be told.</summary>
    public string? TryReadScriptName(int pid) =>
        ProcFile.TryReadEntries(PathOf(pid, "cmdline"), Limits.CommandLineBytes, '\0') is { IsPresent: true, Value: string text }
            ? CommandLine.ParseScriptName(text)
            : null;

    /// <summary>
    /// The file that the process runs, in its own mount namespace; what was replaced since ends with <c> (deleted)</c>. Null for a kernel
    /// thread and where it is not permitted, which takes the same rights as its environment.
    /// </summary>
    public string? TryReadExecutablePath(int pid) => new FileInfo(PathOf(pid, "exe")).LinkTarget;

    /// <summary>How long the machine has been running, by the clock of start times. Null where it is hidden.</summary>
    /// <exception cref="InvalidDataException">It is not a number of seconds.</exception>
    public TimeSpan? TryReadUptime()
    {
        string path = Path.Join(root, "uptime");
        return TryReadWhole(path) is not { IsPresent: true, Value: string text } ? null
            : double.TryParse(text.Split(' ')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidDataException($"{path}, line 1: expected the seconds since boot");
    }

    public ProcReading<CoreClrMapping> TryFindRuntimeVersion(int pid) =>
        ProcFile.TryReadEntries(PathOf(pid, "maps"), Limits.MapsBytes, '\n').Select(CoreClrMapping.Parse);

    /// <summary>
    /// Null when the process is gone, or no control group that counts its memory is to be seen. A group that is not below our own mount
    /// (a worker in a neighbouring container) is read through the worker's mount, where it is the root. Where that is not permitted, our
    /// own root stands in, unless the path says that the worker lives outside of it: our limit would not be its limit.
    /// </summary>
    /// <param name="pid">Whose.</param>
    /// <param name="countsIdleCache">As for <see cref="CgroupFileSystem.TryReadMemory"/>.</param>
    public CgroupMemory? TryReadMemory(int pid, bool countsIdleCache = true)
    {
        string path = PathOf(pid, "cgroup");
        CgroupMembership? group = TryReadWhole(path) is { IsPresent: true, Value: string text } ? CgroupMembership.Parse(text, path) : null;
        if (group is null)
        {
            return null;
        }

        var own = new CgroupFileSystem(cgroupRoot);
        if (own.Contains(group))
        {
            return own.TryReadMemory(group, countsIdleCache);
        }

        var workers = new CgroupFileSystem(PathOf(pid, WorkersCgroupRoot));
        return workers.TryReadMemory(group, countsIdleCache) ?? (group.IsOutsideNamespace ? null : own.TryReadMemory(group, countsIdleCache));
    }

    /// <summary>
    /// Of the reader itself. Its pid is not <see cref="Environment.ProcessId"/>, or it has a namespace below, where the mount belongs to
    /// another pid namespace; then every pid in it means another process than the system calls do.
    /// </summary>
    public ProcReading<ProcessStatus> TryReadOwnStatus()
    {
        string path = Path.Join(root, "self", "status");
        return TryReadWhole(path).Select(text => ProcessStatus.Parse(text, path));
    }

    /// <summary>What the executable is made for.</summary>
    public ProcReading<ElfHeader> TryReadExecutable(int pid)
    {
        string path = PathOf(pid, "exe");
        return ProcFile.TryReadStart(path, ElfHeader.Bytes).Select(bytes => ElfHeader.Parse(bytes, path));
    }

    /// <summary>A path of the process's own mount namespace as it is reached from here; works for whoever may trace the process.</summary>
    /// <param name="pid">Whose.</param>
    /// <param name="path">Absolute. A symbolic link in it that is absolute itself would lead out of the process's root.</param>
    public string PathInRoot(int pid, string path) => Path.Join(PathOf(pid, "root"), path);

    /// <summary>Null where the kernel was built without Yama.</summary>
    public YamaScope? TryReadYama()
    {
        string path = Path.Join(root, "sys/kernel/yama/ptrace_scope");
        return TryReadWhole(path) is { IsPresent: true, Value: string text } ? YamaScopes.Parse(text, path) : null;
    }

    /// <summary>Of the machine. Null where it is hidden.</summary>
    public Meminfo? TryReadMeminfo()
    {
        string path = Path.Join(root, "meminfo");
        return TryReadWhole(path) is { IsPresent: true, Value: string text } ? Meminfo.Parse(text, path) : null;
    }

    /// <summary>
    /// When a process was started, by <c>btime</c> of /proc/stat (proc_stat(5)), which is in whole seconds. Null where it is not told.
    /// </summary>
    /// <param name="startTimeTicks">Of <see cref="TryReadStartTime"/>; a hundred make a second on every platform of .NET.</param>
    public DateTimeOffset? TryReadStartedAt(long startTimeTicks)
    {
        const string BootTime = "btime ";
        string? line = TryReadWhole(Path.Join(root, "stat")).Value?.Split('\n').FirstOrDefault(line => line.StartsWith(BootTime, StringComparison.Ordinal));
        return long.TryParse(line.AsSpan(line is null ? 0 : BootTime.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long booted)
            ? DateTimeOffset.FromUnixTimeSeconds(booted) + TimeSpan.FromSeconds(startTimeTicks / 100d)
            : null;
    }

    private IEnumerable<int> EnumerateChildren(int pid)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories(PathOf(pid, "task"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        return threads
            .SelectMany(thread => (ProcFile.TryReadAll(Path.Join(thread, "children")).Value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => int.TryParse(child, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0);
    }

    /// <summary>These files have content as long as the process lives; older kernels give an empty one instead of ESRCH.</summary>
    private static ProcReading<string> TryReadWhole(string path) =>
        ProcFile.TryReadAll(path) is { Value: not "" } reading ? reading : new(ProcAbsence.Gone);

    private string PathOf(int pid, string file) => Path.Join(root, pid.ToString(CultureInfo.InvariantCulture), file);
}
