using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Proc;

/// <summary>
/// The sums over all mappings of a process, from <c>/proc/PID/smaps_rollup</c> (proc_pid_smaps(5), since Linux 4.14; written by
/// <c>show_smaps_rollup</c> in fs/proc/task_mmu.c). All sizes in bytes. Reading the file costs the kernel a walk of the page tables.
/// </summary>
internal sealed record SmapsRollup
{
    public required long RssBytes { get; init; }

    /// <summary>Resident bytes, a page that n processes share counted as one n-th.</summary>
    public required long PssBytes { get; init; }

    /// <summary>Null before Linux 5.3, as <see cref="PssFileBytes"/> and <see cref="PssShmemBytes"/> are.</summary>
    public required long? PssAnonBytes { get; init; }

    public required long? PssFileBytes { get; init; }

    public required long? PssShmemBytes { get; init; }

    /// <summary>Resident anonymous bytes, shared pages counted in full.</summary>
    public required long AnonymousBytes { get; init; }

    /// <summary>Clean and dirty pages that no other process maps: what would come back if the process ended.</summary>
    public required long PrivateBytes { get; init; }

    public required long SwapBytes { get; init; }

    public required long SwapPssBytes { get; init; }

    /// <exception cref="InvalidDataException">A size is missing or is not a number of kB.</exception>
    public static SmapsRollup Parse(string text, string source)
    {
        var lines = new KeyedLines(text, source);
        return new()
        {
            RssBytes = lines.Bytes("Rss"),
            PssBytes = lines.Bytes("Pss"),
            PssAnonBytes = lines.BytesIfPresent("Pss_Anon"),
            PssFileBytes = lines.BytesIfPresent("Pss_File"),
            PssShmemBytes = lines.BytesIfPresent("Pss_Shmem"),
            AnonymousBytes = lines.Bytes("Anonymous"),
            PrivateBytes = lines.Bytes("Private_Clean") + lines.Bytes("Private_Dirty"),
            SwapBytes = lines.Bytes("Swap"),
            SwapPssBytes = lines.Bytes("SwapPss"),
        };
    }

    /// <summary>
    /// The kinds anon, file and shmem add up to PSS exactly: the kernel rounds each down to whole kB, and the up to 2 kB that this loses
    /// are counted as anon. Before Linux 5.3 there are no kinds of PSS; then anon is at most the anonymous bytes, which is exact unless
    /// anonymous pages are shared after a fork, and the rest counts as file.
    /// </summary>
    public MemoryReading ToReading()
    {
        long shmem = Math.Min(PssShmemBytes ?? 0, PssBytes);
        long file = Math.Min(PssFileBytes ?? PssBytes - Math.Min(AnonymousBytes, PssBytes), PssBytes - shmem);
        return new()
        {
            PssBytes = PssBytes,
            RssBytes = RssBytes,
            PrivateBytes = PrivateBytes,
            Categories = new Dictionary<string, long>
            {
                ["anon"] = PssBytes - file - shmem,
                ["file"] = file,
                ["shmem"] = shmem,
                ["swap"] = SwapPssBytes,
            },
        };
    }
}
