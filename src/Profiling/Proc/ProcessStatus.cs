using System.Globalization;

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

    /// <summary>The process that it belongs to, where what was read is a thread.</summary>
    public required int ThreadGroupPid { get; init; }

    /// <summary>0 for the first process of a pid namespace.</summary>
    public required int ParentPid { get; init; }

    /// <summary>The thread that traces it. 0 where nobody does.</summary>
    public required int TracerPid { get; init; }

    public required CredentialIds Uid { get; init; }

    public required CredentialIds Gid { get; init; }

    /// <summary>The supplementary groups.</summary>
    public required IReadOnlyList<uint> Groups { get; init; }

    /// <summary>One bit per capability (capabilities(7)).</summary>
    public required ulong PermittedCapabilities { get; init; }

    public required ulong EffectiveCapabilities { get; init; }

    /// <summary>
    /// Its pid inside its own namespace, which the name of its diagnostics socket carries. The same as <see cref="Pid"/> outside of
    /// containers.
    /// </summary>
    public required int NamespacePid { get; init; }

    /// <summary>How many pid namespaces below that of the /proc that was read.</summary>
    public required int NamespaceDepth { get; init; }

    public required int Threads { get; init; }

    /// <summary>Null for a zombie and a kernel thread, which have no memory.</summary>
    public required long? RssBytes { get; init; }

    public required ulong CaughtSignals { get; init; }

    public required ulong IgnoredSignals { get; init; }

    /// <summary>Of the main thread only.</summary>
    public required ulong BlockedSignals { get; init; }

    public bool HasExited => State is 'Z' or 'X';

    /// <summary>/proc does not list threads among the processes, and still answers for them by their number.</summary>
    public bool IsThread => Pid != ThreadGroupPid;

    public bool IsTraced => TracerPid != 0;

    public SignalDisposition Usr2 =>
        (CaughtSignals & Usr2Bit) != 0 ? SignalDisposition.Caught
        : (IgnoredSignals & Usr2Bit) != 0 ? SignalDisposition.Ignored
        : SignalDisposition.Default;

    /// <summary>For sentences.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"process {Pid} ({Name})");

    /// <exception cref="InvalidDataException">A line is missing or is not what the kernel writes.</exception>
    public static ProcessStatus Parse(string text, string source)
    {
        var lines = new KeyedLines(text, source);
        int[] pids = ParseNamespacePids(lines);
        int pid = lines.Count("Pid");
        return new()
        {
            Name = Unescape(lines.Text("Name")),
            State = lines.Text("State") is [char state, ..] ? state : throw lines.Malformed("State", "a letter"),
            Pid = pid,
            ThreadGroupPid = lines.Count("Tgid"),
            ParentPid = lines.Count("PPid"),
            TracerPid = lines.Count("TracerPid"),
            Uid = CredentialIds.Of(lines.Numbers("Uid", CredentialIds.Count)),
            Gid = CredentialIds.Of(lines.Numbers("Gid", CredentialIds.Count)),
            Groups = lines.Numbers("Groups", atLeast: 0),
            PermittedCapabilities = lines.Mask("CapPrm"),
            EffectiveCapabilities = lines.Mask("CapEff"),
            NamespacePid = pids is [.., int innermost] ? innermost : pid,
            NamespaceDepth = Math.Max(0, pids.Length - 1),
            Threads = lines.Count("Threads"),
            RssBytes = lines.BytesIfPresent("VmRSS"),
            CaughtSignals = lines.Mask("SigCgt"),
            IgnoredSignals = lines.Mask("SigIgn"),
            BlockedSignals = lines.Mask("SigBlk"),
        };
    }

    /// <summary>One pid per namespace, the process's own last. Absent before Linux 4.1 and in kernels without pid namespaces.</summary>
    private static int[] ParseNamespacePids(KeyedLines lines) =>
        !lines.Has("NSpid") ? []
        : lines.Numbers("NSpid") is uint[] pids && pids.All(pid => pid <= int.MaxValue) ? [.. pids.Select(pid => (int)pid)]
        : throw lines.Malformed("NSpid", "pids");

    /// <summary>The kernel escapes a line feed and a backslash in a name, and nothing else (<c>proc_task_name</c>).</summary>
    private static string Unescape(string name) =>
        string.Join('\\', name.Split(@"\\").Select(part => part.Replace(@"\n", "\n", StringComparison.Ordinal)));
}
