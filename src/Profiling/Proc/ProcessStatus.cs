namespace HeapDrift.Profiling.Proc;

/// <summary>
/// What <c>/proc/PID/status</c> says of a process (proc_pid_status(5); written by <c>proc_pid_status</c> in fs/proc/array.c).
/// Everybody may read it, unless /proc is mounted with <c>hidepid</c>.
/// </summary>
internal sealed record ProcessStatus
{
    /// <summary>SIGUSR2 is signal 12 on x86 and ARM, and signal n is bit n - 1.</summary>
    private const ulong Usr2Bit = 1UL << 11;

    /// <summary>The first 15 bytes of the program's file name, or what the main thread renamed itself to.</summary>
    public required string Name { get; init; }

    /// <summary>R, S, D, T (stopped), t (traced), Z (zombie), X (dead) or I (an idle kernel thread).</summary>
    public required char State { get; init; }

    public required int Pid { get; init; }

    /// <summary>0 for the first process of a pid namespace.</summary>
    public required int ParentPid { get; init; }

    /// <summary>0 where nobody traces it.</summary>
    public required int TracerPid { get; init; }

    public required uint RealUid { get; init; }

    public required uint EffectiveUid { get; init; }

    /// <summary>
    /// Its pid inside its own namespace, which the name of its diagnostics socket carries. The same as <see cref="Pid"/> outside of
    /// containers.
    /// </summary>
    public required int NamespacePid { get; init; }

    public required int Threads { get; init; }

    /// <summary>Null for a zombie and a kernel thread, which have no memory.</summary>
    public required long? RssBytes { get; init; }

    public required ulong CaughtSignals { get; init; }

    public required ulong IgnoredSignals { get; init; }

    /// <summary>Of the main thread only.</summary>
    public required ulong BlockedSignals { get; init; }

    public bool HasExited => State is 'Z' or 'X';

    public bool IsTraced => TracerPid != 0;

    public SignalDisposition Usr2 =>
        (CaughtSignals & Usr2Bit) != 0 ? SignalDisposition.Caught
        : (IgnoredSignals & Usr2Bit) != 0 ? SignalDisposition.Ignored
        : SignalDisposition.Default;

    /// <exception cref="InvalidDataException">A line is missing or is not what the kernel writes.</exception>
    public static ProcessStatus Parse(string text, string source)
    {
        var lines = new KeyedLines(text, source);
        uint[] uids = lines.Numbers("Uid");
        int pid = lines.Count("Pid");
        return new()
        {
            Name = Unescape(lines.Text("Name")),
            State = lines.Text("State") is [char state, ..] ? state : throw lines.Malformed("State", "a letter"),
            Pid = pid,
            ParentPid = lines.Count("PPid"),
            TracerPid = lines.Count("TracerPid"),
            RealUid = uids[0],
            EffectiveUid = uids.Length > 1 ? uids[1] : throw lines.Malformed("Uid", "a real and an effective uid"),
            NamespacePid = ParseNamespacePid(lines) ?? pid,
            Threads = lines.Count("Threads"),
            RssBytes = lines.BytesIfPresent("VmRSS"),
            CaughtSignals = lines.Mask("SigCgt"),
            IgnoredSignals = lines.Mask("SigIgn"),
            BlockedSignals = lines.Mask("SigBlk"),
        };
    }

    /// <summary>One pid per namespace, the process's own last. Absent before Linux 4.1 and in kernels without pid namespaces.</summary>
    private static int? ParseNamespacePid(KeyedLines lines) =>
        !lines.Has("NSpid") ? null
        : lines.Numbers("NSpid")[^1] is uint pid and <= int.MaxValue ? (int)pid
        : throw lines.Malformed("NSpid", "pids");

    /// <summary>The kernel escapes a line feed and a backslash in a name, and nothing else (<c>proc_task_name</c>).</summary>
    private static string Unescape(string name) =>
        string.Join('\\', name.Split(@"\\").Select(part => part.Replace(@"\n", "\n", StringComparison.Ordinal)));
}
