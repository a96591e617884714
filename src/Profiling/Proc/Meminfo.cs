namespace HeapDrift.Profiling.Proc;

/// <summary>Memory of the machine, from <c>/proc/meminfo</c> (proc_meminfo(5); written by <c>meminfo_proc_show</c> in fs/proc/meminfo.c).</summary>
/// <param name="TotalBytes">All that the kernel manages.</param>
/// <param name="AvailableBytes">What can be allocated without swapping, by the kernel's own estimate.</param>
internal sealed record Meminfo(long TotalBytes, long AvailableBytes)
{
    /// <exception cref="InvalidDataException">A size is missing or is not a number of kB.</exception>
    public static Meminfo Parse(string text, string source)
    {
        var lines = new KeyedLines(text, source);
        return new(lines.Bytes("MemTotal"), lines.Bytes("MemAvailable"));
    }
}
